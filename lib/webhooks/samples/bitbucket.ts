import type { SampleMaker } from "../sample.ts";

/** A pull request was created. */
export const bitbucketSample: SampleMaker = ({ uuid, iso }) => ({
  headers: { "x-event-key": "pullrequest:created", "x-request-uuid": uuid, "x-attempt-number": "1" },
  json: {
    actor: { display_name: "Ada Lovelace", account_id: "5f0000000000000000000001", type: "user" },
    repository: { full_name: "example/planner", name: "planner", is_private: true, type: "repository" },
    pullrequest: {
      id: 7,
      title: "Mend the export of empty projects",
      state: "OPEN",
      source: { branch: { name: "export" } },
      destination: { branch: { name: "main" } },
      created_on: iso,
    },
  },
});
