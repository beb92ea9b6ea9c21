import type { SampleMaker } from "../sample.ts";

/** A payment was authorised; `hmacSignature` is filled in when it is signed. */
export const adyenSample: SampleMaker = ({ hex, iso }) => ({
  json: {
    live: "false",
    notificationItems: [
      {
        NotificationRequestItem: {
          additionalData: { hmacSignature: "" },
          amount: { currency: "EUR", value: 4200 },
          eventCode: "AUTHORISATION",
          eventDate: iso,
          merchantAccountCode: "ExampleCOM",
          merchantReference: "order-42",
          operations: ["CANCEL", "CAPTURE", "REFUND"],
          paymentMethod: "visa",
          pspReference: hex.slice(0, 16).toUpperCase(),
          reason: "",
          success: "true",
        },
      },
    ],
  },
});
