import type { SampleMaker } from "../sample.ts";

/** A page was made. */
export const notionSample: SampleMaker = ({ uuid, iso }) => ({
  json: {
    id: uuid,
    timestamp: iso,
    workspace_id: "00000000-0000-4000-8000-000000000001",
    workspace_name: "Example",
    subscription_id: "00000000-0000-4000-8000-000000000002",
    integration_id: "00000000-0000-4000-8000-000000000003",
    type: "page.created",
    attempt_number: 1,
    authors: [{ id: "00000000-0000-4000-8000-000000000004", type: "person" }],
    entity: { id: uuid, type: "page" },
    data: { parent: { id: "00000000-0000-4000-8000-000000000005", type: "page" } },
  },
});
