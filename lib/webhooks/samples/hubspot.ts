import type { SampleMaker } from "../sample.ts";

/** A contact was made: deliveries come in lists. */
export const hubspotSample: SampleMaker = ({ number, milliseconds }) => ({
  json: [
    {
      eventId: number,
      subscriptionId: 4200,
      portalId: 1815,
      appId: 77,
      occurredAt: milliseconds,
      subscriptionType: "contact.creation",
      attemptNumber: 0,
      objectId: 1201,
      changeSource: "CRM",
      changeFlag: "NEW",
    },
  ],
});
