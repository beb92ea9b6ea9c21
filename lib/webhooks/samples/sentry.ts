import type { SampleMaker } from "../sample.ts";

/** An issue was seen for the first time. */
export const sentrySample: SampleMaker = ({ uuid, number, iso, seconds }) => ({
  headers: {
    "request-id": uuid,
    "sentry-hook-resource": "issue",
    "sentry-hook-timestamp": String(seconds),
  },
  json: {
    action: "created",
    installation: { uuid: "00000000-0000-4000-8000-000000000001" },
    actor: { type: "application", id: "sentry", name: "Sentry" },
    data: {
      issue: {
        id: String(number),
        shortId: "PLANNER-42",
        title: "TypeError: rows is undefined",
        culprit: "src/export.ts in writeRows",
        level: "error",
        status: "unresolved",
        platform: "node",
        firstSeen: iso,
        count: "1",
        project: { id: "1815", name: "planner", slug: "planner" },
      },
    },
  },
});
