import type { SampleMaker } from "../sample.ts";

/** A task was added: what it is, is asked for with a call. */
export const asanaSample: SampleMaker = ({ number, iso }) => ({
  json: {
    events: [
      {
        action: "added",
        created_at: iso,
        user: { gid: "1815", resource_type: "user" },
        parent: { gid: "4200", resource_type: "project" },
        resource: { gid: String(number), resource_type: "task", resource_subtype: "default_task" },
      },
    ],
  },
});
