import { createHmac } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import type { SchemeKeys } from "../../lib/webhooks/verify-keys.ts";
import { judge } from "./judge.ts";

type HmacKeys = Extract<SchemeKeys, { scheme: "hmac" }>;

const BODY = '{ "amount": 12.50,  "name": "é" }';
const digestOf = (key: string | Buffer, text = BODY, algorithm = "sha256") =>
  createHmac(algorithm, key).update(text).digest();
const rule = (keys: Partial<HmacKeys> = {}): HmacKeys => ({
  scheme: "hmac",
  secret: "first",
  signature: { header: "x-signature" },
  ...keys,
});
const signed = (signature: string, body: string | Uint8Array = BODY) => ({
  headers: { "x-signature": signature },
  body,
});
const hex = digestOf("first").toString("hex");

describe("a keyed hash", () => {
  test("of the body, byte for byte, verifies", async () => {
    expect(await judge(rule(), signed(hex))).toBe("verified");
    const bytes = Buffer.from([0xff, 0x00, 0x7b, 0xc3]);
    const ofBytes = createHmac("sha256", "first").update(bytes).digest("hex");
    expect(await judge(rule(), signed(ofBytes, bytes))).toBe("verified");
  });

  test("of another body, however alike, is wrong", async () => {
    for (const body of [
      `${BODY} `,
      BODY.replace("12.50", "12.5"),
      JSON.stringify(JSON.parse(BODY)),
      BODY.normalize("NFD"),
      "",
    ])
      expect(await judge(rule(), signed(hex, body))).toBe("401 signature_wrong");
  });

  test.each(["sha1", "sha256", "sha512"] as const)("may be %s, and no other one then", async (algorithm) => {
    const signature = digestOf("first", BODY, algorithm).toString("hex");
    expect(await judge(rule({ algorithm }), signed(signature))).toBe("verified");
    const other = algorithm === "sha1" ? "sha256" : "sha1";
    expect(await judge(rule({ algorithm: other }), signed(signature))).toBe("401 signature_wrong");
  });

  test.each([
    ["hex", hex],
    ["hex", hex.toUpperCase()],
    ["upper_hex", hex.toUpperCase()],
    ["base64", digestOf("first").toString("base64")],
    ["base64", digestOf("first").toString("base64").replace("=", "")],
    ["base64url", digestOf("first").toString("base64url")],
  ] as const)("may be written as %s: %s", async (encoding, text) => {
    expect(await judge(rule({ signature: { header: "x-signature", encoding } }), signed(text))).toBe(
      "verified",
    );
  });

  test.each([
    ["hex", ""],
    ["hex", hex.slice(1)],
    ["hex", `${hex.slice(0, -1)}g`],
    ["hex", digestOf("first").toString("base64")],
    ["base64", "%%%"],
    ["base64", "a"],
    ["base64", "a=bc"],
    ["base64url", "a+b/"],
  ] as const)("that is not %s is malformed: %j", async (encoding, text) => {
    expect(await judge(rule({ signature: { header: "x-signature", encoding } }), signed(text))).toBe(
      "400 signature_malformed",
    );
  });

  test("that lacks its end is wrong, whatever is left of it", async () => {
    for (let length = 2; length < hex.length; length += 2)
      expect(await judge(rule(), signed(hex.slice(0, length)))).toBe("401 signature_wrong");
  });

  test("stands behind its prefix, which is malformed when it is another", async () => {
    const keys = rule({ signature: { header: "x-signature", prefix: "sha256=" } });
    expect(await judge(keys, signed(`sha256=${hex}`))).toBe("verified");
    for (const text of [hex, `sha1=${hex}`, `SHA256=${hex}`, "sha256="])
      expect(await judge(keys, signed(text))).toBe("400 signature_malformed");
  });

  test("is missing when its header is", async () => {
    expect(await judge(rule(), { body: BODY })).toBe("401 signature_missing");
  });

  test("may stand in the query, or in the JSON body", async () => {
    const inQuery = rule({ signature: { query: "sig" } });
    expect(await judge(inQuery, { rawQuery: `a=1&sig=${hex}`, body: BODY })).toBe("verified");
    expect(await judge(inQuery, { rawQuery: `Sig=${hex}`, body: BODY })).toBe("401 signature_missing");
    const inBody = rule({ signature: { body_path: "meta.0.sig" }, signed: "${json.id}" });
    const body = (sig: unknown) => JSON.stringify({ id: 7, meta: [{ sig }] });
    expect(await judge(inBody, { body: body(digestOf("first", "7").toString("hex")) })).toBe("verified");
    expect(await judge(inBody, { body: body({ sig: hex }) })).toBe("401 signature_missing");
    expect(await judge(inBody, { body: "no JSON" })).toBe("401 signature_missing");
  });
});

describe("several signatures", () => {
  const separated = rule({ signature: { header: "x-signature", separator: ",", field: "v1" } });
  const wrong = "00".repeat(32);

  test("verify when one of the named fields does", async () => {
    for (const text of [`v1=${hex}`, `v1=${wrong},v1=${hex}`, `t=1, v1=${hex} , v0=zzz`])
      expect(await judge(separated, signed(text))).toBe("verified");
  });

  test("are none in fields of other names", async () => {
    expect(await judge(separated, signed(`v0=${hex},V1=${hex},${hex}`))).toBe("400 signature_malformed");
  });

  test("without names are parts of the value", async () => {
    const keys = rule({ signature: { header: "x-signature", separator: " " } });
    expect(await judge(keys, signed(`${wrong} ${hex}`))).toBe("verified");
    expect(await judge(keys, signed(`${wrong} ${wrong}`))).toBe("401 signature_wrong");
  });

  test("in several headers verify when one does", async () => {
    const keys = rule({ signature: { header: ["x-signature-1", "x-signature-2"] } });
    const headers = { "x-signature-1": wrong, "x-signature-2": hex };
    expect(await judge(keys, { headers, body: BODY })).toBe("verified");
    expect(await judge(keys, { headers: { "x-signature-2": hex }, body: BODY })).toBe("verified");
    expect(await judge(keys, { headers: { "x-signature-3": hex }, body: BODY })).toBe(
      "401 signature_missing",
    );
  });

  test("beyond sixteen are not looked at", async () => {
    const many = (count: number) => [...Array(count).fill(`v1=${wrong}`), `v1=${hex}`].join(",");
    expect(await judge(separated, signed(many(15)))).toBe("verified");
    expect(await judge(separated, signed(many(16)))).toBe("401 signature_wrong");
  });
});

describe("the secret", () => {
  test("may be one of two while it is changed, and neither when it is a third", async () => {
    const keys = rule({ secret: ["${env:NEW}", "${env:OLD}"] });
    const env = { NEW: "second", OLD: "first" };
    expect(await judge(keys, signed(hex), env)).toBe("verified");
    expect(await judge(keys, signed(digestOf("second").toString("hex")), env)).toBe("verified");
    expect(await judge(keys, signed(digestOf("third").toString("hex")), env)).toBe("401 signature_wrong");
  });

  test("that is empty never verifies, and does not stand in the way of another", async () => {
    const empty = digestOf("").toString("hex");
    await expect(judge(rule({ secret: "${env:A}" }), signed(empty), { A: "" })).rejects.toThrow(
      "${env:A} is empty: nothing can be verified with it",
    );
    await expect(judge(rule({ secret: "${env:A}" }), signed(empty))).rejects.toThrow("${env:A} has no value");
    const keys = rule({ secret: ["${env:A}", "${env:B}"] });
    expect(await judge(keys, signed(empty), { A: "", B: "first" })).toBe("401 signature_wrong");
    expect(await judge(keys, signed(hex), { A: "", B: "first" })).toBe("verified");
  });

  test("is decoded as it is written", async () => {
    const key = Buffer.from("00ff10e2c3a4", "hex");
    const signature = digestOf(key).toString("hex");
    const keys = (secret: string, secret_encoding: "hex" | "base64", secret_prefix?: string) =>
      rule({ secret, secret_encoding, ...(secret_prefix !== undefined && { secret_prefix }) });
    expect(await judge(keys("00ff10e2c3a4", "hex"), signed(signature))).toBe("verified");
    expect(await judge(keys("00FF10E2C3A4\n", "hex"), signed(signature))).toBe("verified");
    expect(await judge(keys("AP8Q4sOk", "base64"), signed(signature))).toBe("verified");
    expect(await judge(keys("whsec_AP8Q4sOk", "base64", "whsec_"), signed(signature))).toBe("verified");
    expect(await judge(keys("AP8Q4sOk", "base64", "whsec_"), signed(signature))).toBe("verified");
  });

  test.each([
    ["not hex at all", "hex", undefined],
    ["0", "hex", undefined],
    ["!!!!", "base64", undefined],
    ["whsec_", "base64", "whsec_"],
    ["whsec_", "text", "whsec_"],
  ] as const)(
    "that has no bytes when it is decoded, %j as %s, stops the stage from verifying instead of letting everybody sign",
    async (secret, secret_encoding, secret_prefix) => {
      const keys = rule({ secret, secret_encoding, ...(secret_prefix && { secret_prefix }) });
      for (const key of ["", secret]) {
        const verdict = judge(keys, signed(digestOf(key).toString("hex")));
        await expect(verdict).rejects.toMatchObject({ class: "config_error" });
        await expect(verdict).rejects.toThrow(/^the secret is not of the form/);
      }
    },
  );
});

describe("an id and a hash of the body", () => {
  test("must be there when they are signed", async () => {
    const keys = rule({ id: { header: "x-id" }, signed: "${id}.${body}" });
    const signature = digestOf("first", `7.${BODY}`).toString("hex");
    const headers = { "x-signature": signature, "x-id": "7" };
    expect(await judge(keys, { headers, body: BODY })).toBe("verified");
    expect(await judge(keys, { headers: { ...headers, "x-id": "8" }, body: BODY })).toBe(
      "401 signature_wrong",
    );
    expect(await judge(keys, signed(signature))).toBe("401 signature_missing");
  });

  test("vouch for a body that is not signed itself", async () => {
    const keys = rule({ body_hash: { query: "hash" }, signed: "${query}" });
    const hash = "2689367b205c16ce32ed4200942b8b8b1e262dfc70d9bc9fbc77c49699a4f1df";
    const call = (rawQuery: string, body: string) => ({
      rawQuery,
      body,
      headers: { "x-signature": digestOf("first", rawQuery).toString("hex") },
    });
    expect(await judge(keys, call(`hash=${hash}`, "ok"))).toBe("verified");
    expect(await judge(keys, call(`hash=${hash}`, "ko"))).toBe("401 body_hash_wrong");
    expect(await judge(keys, call(`hash=${hash.slice(2)}`, "ok"))).toBe("401 body_hash_wrong");
    expect(await judge(keys, call("a=1", "ok"))).toBe("401 body_hash_missing");
    expect(await judge(keys, call("a=1", ""))).toBe("verified");
  });
});
