import type { SampleMaker } from "../sample.ts";

/** An incident was triggered. */
export const pagerdutySample: SampleMaker = ({ hex, uuid, iso }) => ({
  headers: { "x-webhook-id": uuid },
  json: {
    event: {
      id: `01${hex.slice(0, 24).toUpperCase()}`,
      event_type: "incident.triggered",
      resource_type: "incident",
      occurred_at: iso,
      agent: { id: "PEXAMPLE", type: "service_reference", summary: "Planner" },
      client: null,
      data: {
        id: `Q${hex.slice(0, 13).toUpperCase()}`,
        type: "incident",
        number: 42,
        status: "triggered",
        title: "The export queue is stuck",
        urgency: "high",
        service: { id: "PEXAMPLE", type: "service_reference", summary: "Planner" },
        created_at: iso,
      },
    },
  },
});
