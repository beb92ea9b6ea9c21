import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { presetVerification } from "../../lib/webhooks/preset-verification.ts";
import { presets } from "../../lib/webhooks/presets.ts";
import type { WebhookRequest } from "../../lib/webhooks/request.ts";
import { SAMPLES, sampleOf } from "../../lib/webhooks/samples.ts";
import { signRequest } from "../../lib/webhooks/sign-request.ts";
import { tamperRequest } from "../../lib/webhooks/tamper-request.ts";
import { toVerification } from "../../lib/webhooks/to-verification.ts";
import { verifyDelivery } from "../../lib/webhooks/verify-delivery.ts";
import { type ReadScheme, schemeKeys } from "../../lib/webhooks/verify-keys.ts";

const NOW = Date.UTC(2026, 10, 28);
// Hex, base64 and text.
const SECRET = "73656372657420746578742e";
const KEYS = {
  ed25519: generateKeyPairSync("ed25519"),
  rsa: generateKeyPairSync("rsa", { modulusLength: 2048 }),
  ecdsa: generateKeyPairSync("ec", { namedCurve: "prime256v1" }),
};
const publicPem = (kind: keyof typeof KEYS) =>
  KEYS[kind].publicKey.export({ format: "pem", type: "spki" }).toString();
const privatePem = (kind: keyof typeof KEYS) =>
  KEYS[kind].privateKey.export({ format: "pem", type: "pkcs8" }).toString();

const request: WebhookRequest = {
  method: "POST",
  origin: "https://hooks.example.com",
  path: "/v1/webhooks/a/b/c",
  rawQuery: "",
  query: {},
  headers: { "content-type": "application/json" },
  body: Buffer.from('{"id": 7, "sent": 1}'),
  sourceIp: "192.0.2.1",
};

type Schemes = {
  readonly [name: string]: { readonly scheme: keyof typeof schemeKeys; readonly [key: string]: unknown };
};
const schemes: Schemes = {
  "the hash of a body, in base64": {
    scheme: "hmac",
    secret: SECRET,
    signature: { header: "x-sig", encoding: "base64" },
  },
  "the hash of a text of everything": {
    scheme: "hmac",
    secret: SECRET,
    algorithm: "sha512",
    signature: { query: "sig", encoding: "upper_hex", prefix: "v1-" },
    signed: "${method} ${path} ${timestamp} ${id} ${headers.content-type} ${json.id} ${body}",
    timestamp: { header: "x-time", unit: "iso8601" },
    id: { header: "x-id" },
  },
  "a time in the body that is signed": {
    scheme: "hmac",
    secret: SECRET,
    signature: { header: "x-sig" },
    timestamp: { body_path: "sent", unit: "milliseconds" },
  },
  "the hash of a URL that holds the hash of the body": {
    scheme: "hmac",
    secret: SECRET,
    signature: { header: "x-sig" },
    signed: "${url}",
    base_url: "https://example.com/",
    body_hash: { query: "hash", encoding: "base64url" },
  },
  "Standard Webhooks": { scheme: "standard_webhooks", secret: `whsec_${SECRET}` },
  "an RSA signature": {
    scheme: "rsa",
    public_key: publicPem("rsa"),
    signature: { header: "x-sig", encoding: "base64", separator: ",", field: "s" },
    timestamp: { field: "t" },
    signed: "${timestamp}.${body}",
  },
  "name and password": { scheme: "basic", username: "ada", password: SECRET },
  "a bearer's token": { scheme: "bearer", token: SECRET },
  "a secret in a header": { scheme: "header", header: "x-token", value: SECRET },
  "a token under a secret": {
    scheme: "jwt",
    key: SECRET,
    algorithms: ["HS256"],
    issuer: "me",
    audience: "you",
    body_hash_claim: "hash",
  },
  "a token of a private key": { scheme: "jwt", key: publicPem("ecdsa"), algorithms: ["RS256", "ES256"] },
};

/** Verified as sent, and as tampered with. */
async function verdicts(rule: ReturnType<typeof toVerification>, sent: WebhookRequest, key: string) {
  const signed = await signRequest(rule, sent, {
    now: NOW,
    id: "msg_1",
    secret: key,
    username: "ada",
    ...("baseUrl" in rule && rule.baseUrl !== undefined && { baseUrl: rule.baseUrl }),
  });
  const changed = tamperRequest(rule, signed);
  const context = {
    now: NOW + 1000,
    env: () => ("publicKeys" in rule ? publicPem(rule.scheme) : SECRET),
  };
  return {
    honest: await verifyDelivery(rule, signed, context),
    tampered: await verifyDelivery(rule, changed, context),
  };
}

const RIGHT = { honest: { kind: "verified" }, tampered: { kind: "refused", status: 401 } };

describe("what is signed verifies, and does not with one character changed", () => {
  test.each(Object.entries(schemes))("%s", async (_name, keys) => {
    const rule = toVerification(schemeKeys[keys.scheme].parse(keys) as ReadScheme);
    const key =
      "publicKeys" in rule
        ? privatePem(rule.scheme)
        : String(keys.algorithms).endsWith("ES256")
          ? privatePem("ecdsa")
          : SECRET;
    expect(await verdicts(rule, request, key)).toMatchObject(RIGHT);
  });

  test("every preset has a sample", () => {
    expect([...presets.keys()].filter((name) => !SAMPLES.includes(name))).toEqual([]);
  });

  test.each(SAMPLES)("the sample %s", async (name) => {
    const preset = presets.get(name.replace(/\/.*/, ""));
    const sample = sampleOf(name, "one", NOW);
    if (!preset || !sample) throw new Error(`${name} is no sample of a preset`);
    const rule = presetVerification(preset);
    const form = "form" in sample;
    const sent = {
      ...request,
      headers: {
        "content-type": form ? "application/x-www-form-urlencoded" : "application/json",
        ...sample.headers,
      },
      body: Buffer.from(form ? new URLSearchParams(sample.form).toString() : JSON.stringify(sample.json)),
    };
    const key = "publicKeys" in rule ? privatePem(rule.scheme) : SECRET;
    expect(await verdicts(rule, sent, key)).toMatchObject(RIGHT);
  });
});

describe("signing leaves as it is", () => {
  const signer = { now: NOW, id: "msg_1", secret: SECRET };
  const signed = (keys: Schemes[string], sent: WebhookRequest) =>
    signRequest(toVerification(schemeKeys[keys.scheme].parse(keys) as ReadScheme), sent, signer);

  test("an id that the request has", async () => {
    const keys = { scheme: "standard_webhooks", secret: SECRET } as const;
    const given = { ...request, headers: { ...request.headers, "webhook-id": "msg_given" } };
    expect((await signed(keys, given)).headers["webhook-id"]).toBe("msg_given");
    expect((await signed(keys, request)).headers["webhook-id"]).toBe("msg_1");
  });

  test("the kind of value that a time in the body is", async () => {
    const keys = {
      scheme: "hmac",
      secret: SECRET,
      signature: { header: "x-sig" },
      timestamp: { body_path: "sent" },
    } as const;
    const bodyOf = async (body: string) =>
      Buffer.from((await signed(keys, { ...request, body: Buffer.from(body) })).body).toString();
    expect(await bodyOf('{"sent":1}')).toBe(`{"sent":${NOW / 1000}}`);
    expect(await bodyOf('{"sent":"1"}')).toBe(`{"sent":"${NOW / 1000}"}`);
  });
});

test("two deliveries of a sample differ in what tells them apart, and one does not differ from itself", () => {
  for (const { name, dedupeKey } of presets.values()) {
    const texts = ["one", "one", "two"].map((text) => JSON.stringify(sampleOf(name, text, NOW)));
    expect([name, texts[1]]).toEqual([name, texts[0]]);
    // Airtable's differ in their time only, and the id of what Svix and the like send is made with the signature.
    const inSample = dedupeKey !== undefined && !/(?:svix|webhook)-id|input\.timestamp/.test(dedupeKey);
    if (inSample) expect([name, texts[2]]).not.toEqual([name, texts[0]]);
  }
});
