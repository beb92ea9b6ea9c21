import type { SampleMaker } from "../sample.ts";

/** A message was delivered; `signature` is filled in when it is signed. */
export const mailgunSample: SampleMaker = ({ hex, seconds }) => ({
  json: {
    signature: { token: `${hex}${hex.slice(0, 18)}`, timestamp: String(seconds), signature: "" },
    "event-data": {
      id: hex.slice(0, 22),
      event: "delivered",
      timestamp: seconds,
      recipient: "ada@example.com",
      "log-level": "info",
      message: { headers: { "message-id": "planner-42@example.com", subject: "Your order" } },
      "delivery-status": { code: 250, message: "OK", "attempt-no": 1 },
    },
  },
});
