import { randomUUID } from "node:crypto";
import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import { LOCAL_ACCOUNT, LOCAL_REGION } from "../../local/local-names.ts";

/** An event of EventBridge with whatever is given of it, and the rest as it might come: its parts are those of a pattern where that says. */
export function sampleEvent(pattern: JsonObject, given: JsonObject, now: number): JsonObject {
  return {
    version: "0",
    id: randomUUID(),
    "detail-type": firstOf(pattern["detail-type"]) ?? "sample",
    source: firstOf(pattern.source) ?? "sample",
    account: LOCAL_ACCOUNT,
    time: `${new Date(now).toISOString().slice(0, 19)}Z`,
    region: LOCAL_REGION,
    resources: [],
    detail: {},
    ...given,
  };
}

/** The first value, or the first beginning of one, that a list of a pattern takes. */
function firstOf(list: Json | undefined): Json | undefined {
  const [first] = Array.isArray(list) ? list : [];
  return isObject(first) ? first.prefix : first;
}

/** What S3 would tell of an object that begins and ends so, with whatever is given of that. */
export function sampleObjectEvent(
  { bucket, prefix = "", suffix = "" }: { bucket: string; prefix?: string; suffix?: string },
  given: JsonObject,
  now: number,
): JsonObject {
  const { detail = {} } = given;
  const object = { key: `${prefix}sample${suffix}`, size: 0, sequencer: now.toString(16).toUpperCase() };
  return sampleEvent(
    { source: ["aws.s3"], "detail-type": ["Object Created"] },
    {
      ...given,
      detail: {
        version: "0",
        bucket: { name: bucket },
        object,
        reason: "PutObject",
        ...(isObject(detail) ? detail : {}),
      },
    },
    now,
  );
}

/** A mail to an address, or to a name of a domain. */
export function sampleMail(to: string, now: number): string {
  const address = to.includes("@") ? to : `sample@${to.replace(/^\./, "")}`;
  return [
    "From: Sample <sample@example.com>",
    `To: ${address}`,
    "Subject: A sample",
    `Date: ${new Date(now).toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: <${randomUUID()}@example.com>`,
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    "",
    "This mail was never sent.",
    "",
  ].join("\r\n");
}
