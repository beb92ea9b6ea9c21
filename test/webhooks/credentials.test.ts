import { createHash, createHmac } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { isOneOf } from "../../lib/webhooks/credential.ts";
import { judge } from "./judge.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");
const authorization = (value: string) => ({ headers: { authorization: value }, body: "any" });

describe("name and password", () => {
  const keys = { scheme: "basic", username: "ann", password: ["s:e c", "old"] } as const;
  const rule = { ...keys, password: [...keys.password] };

  test.each([
    `Basic ${base64("ann:s:e c")}`,
    `basic ${base64("ann:old")}`,
    `BASIC   ${base64("ann:old")}`,
    `Basic ${base64("ann:old").replace(/=+$/, "")}`,
  ])("verify as %s", async (value) => {
    expect(await judge(rule, authorization(value))).toBe("verified");
  });

  test.each([
    `Basic ${base64("ann:OLD")}`,
    `Basic ${base64("Ann:old")}`,
    `Basic ${base64("ann:")}`,
    `Basic ${base64(":old")}`,
    `Basic ${base64("ann:old ")}`,
  ])("are wrong as %s", async (value) => {
    expect(await judge(rule, authorization(value))).toBe("401 credential_wrong");
  });

  test.each([
    "",
    "Basic",
    "Basic ",
    `Bearer ${base64("ann:old")}`,
    base64("ann:old"),
    `Basic ${base64("annold")}`,
    "Basic ann:old",
    `Basic ${base64("ann:old")} x`,
  ])("are malformed as %j", async (value) => {
    expect(await judge(rule, authorization(value))).toBe("400 credential_malformed");
  });

  test("are missing without the header", async () => {
    expect(await judge(rule, { body: "any" })).toBe("401 credential_missing");
  });

  test("may be in UTF-8", async () => {
    const umlaut = { scheme: "basic", username: "ännchen", password: "pässwörd" } as const;
    expect(await judge(umlaut, authorization(`Basic ${base64("ännchen:pässwörd")}`))).toBe("verified");
  });

  test("never verify with an empty password", async () => {
    const empty = { scheme: "basic", username: "ann", password: "${env:P}" } as const;
    await expect(judge(empty, authorization(`Basic ${base64("ann:")}`), { P: "" })).rejects.toMatchObject({
      class: "config_error",
    });
  });
});

describe("a bearer token", () => {
  const keys = { scheme: "bearer", token: ["new-token", "old-token"] } satisfies Parameters<typeof judge>[0];

  test("is one of those in force, whatever the case of the word before it", async () => {
    for (const value of ["Bearer new-token", "bearer old-token", "BEARER  new-token"])
      expect(await judge(keys, authorization(value))).toBe("verified");
    for (const value of ["Bearer New-token", "Bearer new-toke", "Bearer new-token2"])
      expect(await judge(keys, authorization(value))).toBe("401 credential_wrong");
  });

  test("is malformed without that word, and with more behind it", async () => {
    for (const value of [
      "new-token",
      "Bearer",
      "Bearer ",
      "Bearer new-token x",
      "Basic new-token",
      "Bearernew-token",
    ])
      expect(await judge(keys, authorization(value))).toBe("400 credential_malformed");
    expect(await judge(keys, {})).toBe("401 credential_missing");
  });
});

describe("a secret value in a header", () => {
  const keys = { scheme: "header", header: "X-Token", value: "${env:TOKEN}" } as const;

  test("is the whole value of the header", async () => {
    const verdict = (value: string) => judge(keys, { headers: { "x-token": value } }, { TOKEN: "s3cret" });
    expect(await verdict("s3cret")).toBe("verified");
    for (const value of ["", "s3cre", "s3cret ", "s3cret,s3cret", "S3CRET"])
      expect(await verdict(value)).toBe("401 credential_wrong");
    expect(await judge(keys, {}, { TOKEN: "s3cret" })).toBe("401 credential_missing");
  });

  test("never verifies when it is empty", async () => {
    await expect(judge(keys, { headers: { "x-token": "" } }, { TOKEN: "" })).rejects.toMatchObject({
      class: "config_error",
    });
    await expect(judge(keys, { headers: { "x-token": "undefined" } })).rejects.toThrow(
      "${env:TOKEN} has no value",
    );
  });
});

test("credentials of any length are compared, none as long as another by its length", () => {
  for (const text of ["", "a", "b".repeat(100_000)]) {
    expect(isOneOf(text, ["x", text, "y"])).toBe(true);
    expect(isOneOf(`${text}.`, ["x", text])).toBe(false);
  }
  expect(isOneOf("a", [])).toBe(false);
  expect(isOneOf(createHash("sha256").update("a").digest("hex"), ["a"])).toBe(false);
});

describe("standard webhooks", () => {
  const secret = `whsec_${base64("a key of 24 bytes or more")}`;
  const keys = { scheme: "standard_webhooks", secret } as const;
  const sign = (text: string) =>
    `v1,${createHmac("sha256", "a key of 24 bytes or more").update(text).digest("base64")}`;
  const delivery = (signature: string, more: object = {}) => ({
    headers: {
      "webhook-id": "msg_1",
      "webhook-timestamp": "1795780800",
      "webhook-signature": signature,
      ...more,
    },
    body: "{}",
  });
  const right = sign("msg_1.1795780800.{}");

  test("sign id, time and body; one of several signatures must fit", async () => {
    expect(await judge(keys, delivery(right))).toBe("verified");
    expect(await judge(keys, delivery(`v1,AAAA v1a,${right.slice(3)} ${right}`))).toBe("verified");
    expect(await judge(keys, delivery(`v1a,${right.slice(3)}`))).toBe("400 signature_malformed");
    expect(await judge(keys, delivery(right, { "webhook-id": "msg_2" }))).toBe("401 signature_wrong");
    expect(await judge(keys, delivery(right, { "webhook-timestamp": "1795780801" }))).toBe(
      "401 signature_wrong",
    );
    expect(await judge(keys, delivery(right, { "webhook-timestamp": "1" }))).toBe("401 timestamp_stale");
  });

  test("take the secret with and without its prefix", async () => {
    expect(await judge({ ...keys, secret: secret.slice(6) }, delivery(right))).toBe("verified");
  });

  test("may have headers of other names", async () => {
    const headers = { "svix-id": "msg_1", "svix-timestamp": "1795780800", "svix-signature": right };
    expect(await judge({ ...keys, header_prefix: "Svix-" }, { headers, body: "{}" })).toBe("verified");
    expect(await judge(keys, { headers, body: "{}" })).toBe("401 signature_missing");
  });
});
