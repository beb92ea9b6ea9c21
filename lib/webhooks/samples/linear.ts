import type { SampleMaker } from "../sample.ts";

/** An issue was made; `webhookTimestamp` is filled in when it is signed. */
export const linearSample: SampleMaker = ({ uuid, iso, milliseconds }) => ({
  headers: { "linear-delivery": uuid, "linear-event": "Issue" },
  json: {
    action: "create",
    type: "Issue",
    createdAt: iso,
    organizationId: "00000000-0000-4000-8000-000000000001",
    webhookTimestamp: milliseconds,
    webhookId: "00000000-0000-4000-8000-000000000002",
    url: "https://linear.app/example/issue/PLA-42",
    actor: { id: "00000000-0000-4000-8000-000000000003", type: "user", name: "Ada Lovelace" },
    data: {
      id: uuid,
      identifier: "PLA-42",
      title: "Export of empty projects",
      priority: 2,
      team: { key: "PLA", name: "Planner" },
      state: { name: "Todo", type: "unstarted" },
      labels: [{ name: "Bug" }],
    },
  },
});
