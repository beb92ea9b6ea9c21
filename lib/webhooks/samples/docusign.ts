import type { SampleMaker } from "../sample.ts";

/** An envelope was signed by everybody. */
export const docusignSample: SampleMaker = ({ uuid, iso }) => ({
  json: {
    event: "envelope-completed",
    apiVersion: "v2.1",
    uri: `/restapi/v2.1/accounts/example/envelopes/${uuid}`,
    retryCount: 0,
    configurationId: 1815,
    generatedDateTime: iso,
    data: {
      accountId: "00000000-0000-4000-8000-000000000001",
      userId: "00000000-0000-4000-8000-000000000002",
      envelopeId: uuid,
      envelopeSummary: { status: "completed", emailSubject: "Your contract", completedDateTime: iso },
    },
  },
});
