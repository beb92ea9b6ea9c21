import type { SampleMaker } from "../sample.ts";

/** An issue was made. */
export const jiraSample: SampleMaker = ({ hex, milliseconds }) => ({
  headers: { "x-atlassian-webhook-identifier": hex },
  json: {
    timestamp: milliseconds,
    webhookEvent: "jira:issue_created",
    issue_event_type_name: "issue_created",
    user: { accountId: "5f0000000000000000000001", displayName: "Ada Lovelace", active: true },
    issue: {
      id: "10042",
      key: "PLA-42",
      fields: {
        summary: "Export of empty projects",
        issuetype: { name: "Bug" },
        project: { key: "PLA", name: "Planner" },
        priority: { name: "Medium" },
        status: { name: "To Do" },
      },
    },
  },
});
