import type { SampleMaker } from "../sample.ts";

/** Commits were pushed. */
export const gitlabSample: SampleMaker = ({ hex, uuid, iso }) => ({
  headers: {
    "x-gitlab-event": "Push Hook",
    "x-gitlab-event-uuid": uuid,
    "idempotency-key": uuid,
    "x-gitlab-instance": "https://gitlab.example.com",
  },
  json: {
    object_kind: "push",
    event_name: "push",
    before: "0000000000000000000000000000000000000000",
    after: `${hex}${hex.slice(0, 8)}`,
    ref: "refs/heads/main",
    user_name: "Ada Lovelace",
    user_username: "ada",
    project_id: 15,
    project: { id: 15, name: "Planner", path_with_namespace: "tools/planner", default_branch: "main" },
    commits: [
      {
        id: `${hex}${hex.slice(0, 8)}`,
        message: "Mend the export of empty projects",
        timestamp: iso,
        author: { name: "Ada Lovelace", email: "ada@example.com" },
        added: [],
        modified: ["src/export.ts"],
        removed: [],
      },
    ],
    total_commits_count: 1,
  },
});
