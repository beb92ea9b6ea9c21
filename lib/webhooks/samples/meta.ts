import type { SampleMaker } from "../sample.ts";

/** A message came in over WhatsApp. */
export const metaSample: SampleMaker = ({ hex, seconds }) => ({
  json: {
    object: "whatsapp_business_account",
    entry: [
      {
        id: "100000000000001",
        time: seconds,
        changes: [
          {
            field: "messages",
            value: {
              messaging_product: "whatsapp",
              metadata: { display_phone_number: "15005550001", phone_number_id: "100000000000002" },
              contacts: [{ profile: { name: "Ada" }, wa_id: "15005550006" }],
              messages: [
                {
                  from: "15005550006",
                  id: `wamid.${hex}`,
                  timestamp: String(seconds),
                  type: "text",
                  text: { body: "Is my order on its way?" },
                },
              ],
            },
          },
        ],
      },
    ],
  },
});
