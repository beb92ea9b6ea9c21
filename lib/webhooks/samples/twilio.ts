import type { SampleMaker } from "../sample.ts";

/** A text message came in. */
export const twilioSample: SampleMaker = ({ hex, uuid }) => ({
  headers: { "i-twilio-idempotency-token": uuid },
  form: {
    MessageSid: `SM${hex}`,
    AccountSid: "AC00000000000000000000000000000000",
    From: "+15005550006",
    To: "+15005550001",
    Body: "Is my order on its way?",
    NumMedia: "0",
    NumSegments: "1",
    SmsStatus: "received",
    ApiVersion: "2010-04-01",
  },
});
