import { createHash, createHmac } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { FlowError } from "../../lib/core/flow-error.ts";
import { answerHandshake, handshakeOf } from "../../lib/webhooks/answer-handshake.ts";
import { presets } from "../../lib/webhooks/presets.ts";
import { SIGNED_PARTS } from "../../lib/webhooks/signed-bytes.ts";
import { toVerification } from "../../lib/webhooks/to-verification.ts";
import { verifyDelivery } from "../../lib/webhooks/verify-delivery.ts";
import { type ReadScheme, schemeKeys } from "../../lib/webhooks/verify-keys.ts";
import { anyJson, anyText } from "../support/any-json.ts";
import { NOW_SECONDS, requestOf } from "./judge.ts";

const NAMES = ["x-a", "x-b", "authorization", "__proto__", "constructor", "tostring", "content-type"];
const SECRETS = ["s3cret", "00ff00ff", "c2VjcmV0", "whsec_c2VjcmV0"];
const name = fc.constantFrom(...NAMES);
const optional = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined });

const noise = fc.oneof(
  fc.constantFrom(
    "",
    "v1=",
    "sha256=",
    ",",
    "Bearer ",
    "Basic ",
    "Bearer eyJhbGciOiJub25lIn0.e30.",
    "1",
    "x",
  ),
  anyText,
);
const digest = fc
  .tuple(fc.uint8Array({ maxLength: 64 }), fc.constantFrom("hex", "base64", "base64url"))
  .map(([bytes, how]) => Buffer.from(bytes).toString(how as BufferEncoding));
const signatureText = fc.oneof(
  digest,
  digest.map((text) => `sha256=${text}`),
  digest.map((text) => `t=${NOW_SECONDS},v1=${text}, v1=`),
  fc.constant(String(NOW_SECONDS)),
  fc.tuple(noise, digest).map((parts) => parts.join("")),
);
const values = fc
  .tuple(signatureText, fc.array(fc.tuple(name, signatureText), { maxLength: 4 }))
  .map(([first, more]) => Object.fromEntries([["x-a", first], ...more]) as { [name: string]: string });
const body = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  anyJson.map((value) => Buffer.from(JSON.stringify(value))),
  signatureText.map((text) => Buffer.from(JSON.stringify({ a: text, b: { c: [text, NOW_SECONDS] } }))),
  signatureText.map((text) => Buffer.from(`a=${text}&a=${text}&%FF=%`)),
);
const request = fc
  .record({
    method: fc.constantFrom("POST", "GET"),
    rawQuery: signatureText,
    query: values,
    headers: fc
      .tuple(values, fc.constantFrom("application/json", "application/x-www-form-urlencoded", ""))
      .map(([headers, type]) => ({ "content-type": type, ...headers })),
    body,
  })
  .map(requestOf);

const place = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ header: "x-a" }) },
  fc.record({ header: fc.oneof(name, fc.array(name, { minLength: 1, maxLength: 3 })) }),
  fc.record({ query: fc.oneof(name, anyText) }),
  fc.record({ body_path: fc.constantFrom("a", "b.c.0", "b.c.1", "__proto__.x", "", "a..b") }),
);
const secret = fc.oneof(
  fc.constantFrom(...SECRETS),
  fc.array(fc.constantFrom(...SECRETS), { minLength: 1, maxLength: 3 }),
);
const signedText = fc
  .array(
    fc.oneof(
      fc
        .constantFrom(...Object.keys(SIGNED_PARTS), "query.x-a", "headers.x-a", "json.a", "json.b.c.1")
        .map((one) => `\${${one}}`),
      fc.constantFrom(".", ":", "v0"),
    ),
    { minLength: 1, maxLength: 5 },
  )
  .map((parts) => parts.join(""));
const encoding = fc.constantFrom("hex", "upper_hex", "base64", "base64url");
const signedKeys = {
  signature: fc
    .tuple(
      place,
      fc.record(
        {
          encoding,
          prefix: fc.constantFrom("sha256=", ""),
          separator: fc.constantFrom(",", " "),
          field: fc.constant("v1"),
        },
        { requiredKeys: [] },
      ),
    )
    .map(([where, how]) => ({ ...where, ...how })),
  signed: signedText,
  timestamp: optional(
    fc
      .tuple(
        fc.oneof(place, fc.record({ field: fc.constant("t") })),
        fc.constantFrom("seconds", "milliseconds", "iso8601"),
      )
      .map(([where, unit]) => ({ ...where, unit })),
  ),
  id: optional(place),
  body_hash: optional(place),
  base_url: optional(fc.constantFrom("https://a.example/", "${env:BASE}")),
};
const algorithm = fc.constantFrom("sha1", "sha256", "sha512");
const rules = fc.oneof(
  fc.record({
    scheme: fc.constant("hmac"),
    secret,
    secret_encoding: fc.constantFrom("text", "hex", "base64"),
    algorithm,
    ...signedKeys,
  }),
  fc.record({ scheme: fc.constant("standard_webhooks"), secret, header_prefix: fc.constant("x-") }),
  fc.record({
    scheme: fc.constant("ed25519"),
    public_key: fc.constantFrom("ab".repeat(32), "no key"),
    ...signedKeys,
  }),
  fc.record({ scheme: fc.constantFrom("rsa", "ecdsa"), public_key: secret, algorithm, ...signedKeys }),
  fc.record({ scheme: fc.constant("basic"), username: anyText, password: secret }),
  fc.record({ scheme: fc.constant("bearer"), token: secret }),
  fc.record({ scheme: fc.constant("header"), header: name, value: secret }),
  fc.record({
    scheme: fc.constant("jwt"),
    key: secret,
    algorithms: fc.constantFrom(["HS256"], ["RS256", "EdDSA"], ["HS256", "RS256"]),
    body_hash_claim: optional(fc.constant("hash")),
  }),
) as fc.Arbitrary<{ readonly scheme: keyof typeof schemeKeys }>;

const context = {
  now: NOW_SECONDS * 1000,
  env: (one: string) => (one === "BASE" ? "https://b.example" : undefined),
};

/** What the work gives; undefined when the stage has to be put in order, which is the only thing that it may throw. */
async function orConfigError<T>(work: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(FlowError);
    expect((thrown as FlowError).class).toBe("config_error");
    expect(SECRETS.filter((one) => (thrown as FlowError).message.includes(one))).toEqual([]);
    return undefined;
  }
}

/** Whatever could be computed of a request under a secret, in every form that it could be written in. */
function computed(bytes: Uint8Array): readonly string[] {
  const digests = SECRETS.flatMap((key) =>
    ["sha1", "sha256", "sha512"].map((hash) => createHmac(hash, key).update(bytes).digest()),
  );
  return [...digests, createHash("sha256").update(bytes).digest()].flatMap((digest) => [
    digest.toString("hex"),
    digest.toString("base64url"),
    digest.toString("base64"),
  ]);
}

describe("any request", () => {
  test("against any rule is verified, refused with 400 or 401, or a fault of the stage's configuration", async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(rules, request, async (keys, call) => {
        const verdict = await orConfigError(() =>
          verifyDelivery(toVerification(schemeKeys[keys.scheme].parse(keys) as ReadScheme), call, context),
        );
        seen.add(verdict?.kind === "refused" ? verdict.reason : String(verdict?.kind));
        if (verdict?.kind !== "refused") return;
        expect(verdict.status).toBe(verdict.reason.endsWith("_malformed") ? 400 : 401);
        const told = [...SECRETS, ...computed(call.body)].filter((text) => verdict.message.includes(text));
        expect(told).toEqual([]);
      }),
      { numRuns: 1_500, seed: 20_261_127 },
    );
    expect([...seen].sort()).toEqual(
      expect.arrayContaining([
        "credential_wrong",
        "signature_malformed",
        "signature_wrong",
        "timestamp_malformed",
      ]),
    );
    expect(seen).not.toContain("verified");
  });

  test("that looks like a handshake is answered, refused, or a fault of the stage's configuration", async () => {
    const preset = fc.constantFrom(...presets.values()).filter(({ handshakes }) => handshakes !== undefined);
    const likely = fc
      .tuple(request, values, fc.constantFrom("ping", "1", "0", "url_verification", "subscribe", "x"))
      .map(([call, more, word]) => ({
        ...call,
        query: { ...call.query, ...more, "hub.mode": word, "hub.challenge": word, challenge: word },
        headers: { ...call.headers, "x-github-event": word, ...(word === "x" && { "x-hook-secret": word }) },
        body: Buffer.from(JSON.stringify({ type: word, topic: word, event: word, challenge: more })),
      }));
    await fc.assert(
      fc.asyncProperty(preset, likely, async ({ handshakes = [] }, call) => {
        const handshake = handshakeOf(handshakes, call);
        if (!handshake) return;
        const answer = await orConfigError(() => answerHandshake(handshake, undefined, call, context));
        if (answer?.kind === "answer") expect([200, 204]).toContain(answer.status);
      }),
      { numRuns: 1_000, seed: 20_261_127 },
    );
  });
});
