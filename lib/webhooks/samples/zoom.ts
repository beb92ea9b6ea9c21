import type { SampleMaker } from "../sample.ts";

/** A meeting began. */
export const zoomSample: SampleMaker = ({ hex, iso, milliseconds }) => ({
  json: {
    event: "meeting.started",
    event_ts: milliseconds,
    payload: {
      account_id: "example-account",
      object: {
        id: "1815000042",
        uuid: Buffer.from(hex, "hex").toString("base64"),
        host_id: "example-host",
        topic: "Planner, weekly",
        type: 2,
        start_time: iso,
        timezone: "Europe/Berlin",
        duration: 30,
      },
    },
  },
});
