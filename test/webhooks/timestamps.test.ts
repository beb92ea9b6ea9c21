import { createHmac } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import type { SchemeKeys } from "../../lib/webhooks/verify-keys.ts";
import { judge, NOW_SECONDS } from "./judge.ts";

type Timestamp = Extract<SchemeKeys, { scheme: "hmac" }>["timestamp"];

const judgeTime = (timestamp: Timestamp, text: string | undefined) =>
  judge(
    {
      scheme: "hmac",
      secret: "key",
      signature: { header: "x-signature" },
      signed: "${timestamp}.${body}",
      timestamp,
    },
    {
      headers: {
        "x-signature": createHmac("sha256", "key").update(`${text}.body`).digest("hex"),
        ...(text !== undefined && { "x-time": text }),
      },
      body: "body",
    },
  );
const seconds = { header: "x-time" };

describe("the time of signing", () => {
  test("may be 300 seconds from now, before or after, and not one more", async () => {
    for (const [offset, verdict] of [
      [0, "verified"],
      [-300, "verified"],
      [300, "verified"],
      [-301, "401 timestamp_stale"],
      [301, "401 timestamp_future"],
    ] as const)
      expect(await judgeTime(seconds, String(NOW_SECONDS + offset))).toBe(verdict);
  });

  test("may be as far from now as the file says", async () => {
    const tolerant = { header: "x-time", tolerance: 10 };
    expect(await judgeTime(tolerant, String(NOW_SECONDS - 10))).toBe("verified");
    expect(await judgeTime(tolerant, String(NOW_SECONDS - 11))).toBe("401 timestamp_stale");
  });

  test("is read in its unit: what is fresh in one is stale or in the future in the other", async () => {
    const milliseconds = { header: "x-time", unit: "milliseconds" } as const;
    expect(await judgeTime(milliseconds, String(NOW_SECONDS * 1000 - 300_000))).toBe("verified");
    expect(await judgeTime(milliseconds, String(NOW_SECONDS * 1000 - 300_001))).toBe("401 timestamp_stale");
    expect(await judgeTime(milliseconds, String(NOW_SECONDS))).toBe("401 timestamp_stale");
    expect(await judgeTime(seconds, String(NOW_SECONDS * 1000))).toBe("401 timestamp_future");
  });

  test.each([
    ["2026-11-27T12:00:00Z", "verified"],
    ["2026-11-27T12:00:00.123Z", "verified"],
    ["2026-11-27T13:04:59+01:00", "verified"],
    ["2026-11-27T11:54:59Z", "401 timestamp_stale"],
    ["2026-11-27T12:05:01Z", "401 timestamp_future"],
    ["2026-11-27T12:00:00", "400 timestamp_malformed"],
    ["2026-13-41T12:00:00Z", "400 timestamp_malformed"],
    ["Fri, 27 Nov 2026 12:00:00 GMT", "400 timestamp_malformed"],
  ])("as ISO 8601: %s is %s", async (text, verdict) => {
    expect(await judgeTime({ header: "x-time", unit: "iso8601" }, text)).toBe(verdict);
  });

  test.each([
    "",
    " ",
    "now",
    "-1",
    "1e9",
    "0x10",
    `${NOW_SECONDS}.5`,
    ` ${NOW_SECONDS}`,
    "9".repeat(17),
    "NaN",
  ])("that is no number is malformed: %j", async (text) => {
    expect(await judgeTime(seconds, text)).toBe("400 timestamp_malformed");
  });

  test("is missing when its header is", async () => {
    expect(await judgeTime(seconds, undefined)).toBe("401 timestamp_missing");
  });

  test("is signed as it came: zeros before it count", async () => {
    const signed = { header: "x-time" };
    expect(await judgeTime(signed, `000${NOW_SECONDS}`)).toBe("verified");
  });

  test("may stand beside the signature, the first of several", async () => {
    const keys = {
      scheme: "hmac",
      secret: "key",
      signature: { header: "x-signature", separator: ",", field: "v1" },
      signed: "${timestamp}.${body}",
      timestamp: { field: "t" },
    } as const;
    const sign = (time: number | string) => createHmac("sha256", "key").update(`${time}.body`).digest("hex");
    const verdict = (value: string) => judge(keys, { headers: { "x-signature": value }, body: "body" });
    expect(await verdict(`t=${NOW_SECONDS},v1=${sign(NOW_SECONDS)}`)).toBe("verified");
    expect(await verdict(`t=${NOW_SECONDS},t=1,v1=${sign(1)}`)).toBe("401 signature_wrong");
    expect(await verdict(`v1=${sign("")}`)).toBe("401 timestamp_missing");
    expect(await verdict(`t=x,v1=${sign("x")}`)).toBe("400 timestamp_malformed");
  });

  test("may stand in the JSON body, as a number or a text", async () => {
    const keys = {
      scheme: "hmac",
      secret: "key",
      signature: { header: "x-signature" },
      timestamp: { body_path: "meta.at", unit: "milliseconds" },
    } as const;
    const verdict = (at: string) => {
      const body = `{"meta": {"at": ${at}}}`;
      const signature = createHmac("sha256", "key").update(body).digest("hex");
      return judge(keys, { headers: { "x-signature": signature }, body });
    };
    expect(await verdict(`${NOW_SECONDS}000`)).toBe("verified");
    expect(await verdict(`"${NOW_SECONDS}000"`)).toBe("verified");
    expect(await verdict("1e400")).toBe("401 timestamp_missing");
    expect(await verdict("null")).toBe("401 timestamp_missing");
    expect(await verdict(`${NOW_SECONDS - 301}000`)).toBe("401 timestamp_stale");
  });
});
