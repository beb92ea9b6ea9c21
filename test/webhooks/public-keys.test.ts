import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import type { SchemeKeys } from "../../lib/webhooks/verify-keys.ts";
import { judge, NOW_SECONDS } from "./judge.ts";

type KeyScheme = "ed25519" | "rsa" | "ecdsa";

const pairs = {
  ed25519: generateKeyPairSync("ed25519"),
  rsa: generateKeyPairSync("rsa", { modulusLength: 2048 }),
  ecdsa: generateKeyPairSync("ec", { namedCurve: "P-256" }),
};
const other = {
  ed25519: generateKeyPairSync("ed25519"),
  rsa: generateKeyPairSync("rsa", { modulusLength: 2048 }),
  ecdsa: generateKeyPairSync("ec", { namedCurve: "P-384" }),
};
const BODY = '{"type": 2}';
const TIME = String(NOW_SECONDS);

const pemOf = (key: KeyObject) => key.export({ type: "spki", format: "pem" }).toString();
const derOf = (key: KeyObject) => key.export({ type: "spki", format: "der" }).toString("base64");
const hexOf = (key: KeyObject) =>
  Buffer.from(key.export({ format: "jwk" }).x as string, "base64url").toString("hex");

function judgeKey(scheme: KeyScheme, publicKey: string | readonly string[], delivery: object = {}) {
  const keys = {
    scheme,
    public_key: typeof publicKey === "string" ? publicKey : [...publicKey],
    signature: { header: "x-signature", encoding: "base64" },
    signed: "${timestamp}${body}",
    timestamp: { header: "x-time" },
  } as SchemeKeys;
  const algorithm = scheme === "ed25519" ? null : "sha256";
  const signature = sign(algorithm, Buffer.from(TIME + BODY), pairs[scheme].privateKey).toString("base64");
  return judge(keys, { headers: { "x-signature": signature, "x-time": TIME }, body: BODY, ...delivery });
}

describe.each(["ed25519", "rsa", "ecdsa"] as const)("a signature by a key of %s", (scheme) => {
  const { publicKey } = pairs[scheme];

  test("verifies under the public key in PEM, in PEM on one line, and in DER", async () => {
    const pem = pemOf(publicKey);
    for (const text of [pem, `\n${pem}  `, pem.replaceAll("\n", "\\n"), derOf(publicKey)])
      expect(await judgeKey(scheme, text)).toBe("verified");
  });

  test("verifies under either of two keys while they are changed, and not under another", async () => {
    const wrong = pemOf(other[scheme].publicKey);
    expect(await judgeKey(scheme, [wrong, pemOf(publicKey)])).toBe("verified");
    expect(await judgeKey(scheme, [derOf(publicKey), wrong])).toBe("verified");
    expect(await judgeKey(scheme, wrong)).toBe("401 signature_wrong");
  });

  test("does not verify another body", async () => {
    expect(await judgeKey(scheme, derOf(publicKey), { body: `${BODY}\n` })).toBe("401 signature_wrong");
  });

  test("is wrong when it is cut, made longer or noise, and malformed when it is no base64", async () => {
    const verdict = (signature: string) =>
      judgeKey(scheme, derOf(publicKey), { headers: { "x-signature": signature, "x-time": TIME } });
    const right = sign(
      scheme === "ed25519" ? null : "sha256",
      Buffer.from(TIME + BODY),
      pairs[scheme].privateKey,
    );
    expect(await verdict(right.toString("base64"))).toBe("verified");
    for (const bytes of [
      right.subarray(0, -1),
      right.subarray(1),
      Buffer.concat([right, right]),
      Buffer.alloc(64),
    ])
      expect(await verdict(bytes.toString("base64"))).toBe("401 signature_wrong");
    for (const text of ["", "%", "=".repeat(8)]) expect(await verdict(text)).toBe("400 signature_malformed");
  });

  test.each([
    ["no key", "no key"],
    ["empty PEM", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----"],
    ["base64 of something else", Buffer.from("hello").toString("base64")],
    ["63 digits", "a".repeat(63)],
  ])("cannot be looked at with %s: the stage has to be put in order", async (_what, text) => {
    await expect(judgeKey(scheme, text)).rejects.toMatchObject({
      class: "config_error",
      message: expect.stringMatching(/^the public key cannot be read: write PEM/),
    });
  });

  test("cannot be looked at with a key of another kind", async () => {
    const kind = scheme === "rsa" ? "ecdsa" : "rsa";
    await expect(judgeKey(scheme, pemOf(pairs[kind].publicKey))).rejects.toThrow(
      `the public key is one of ${kind === "rsa" ? "rsa" : "ec"}, not of ${scheme}`,
    );
  });
});

test("an Ed25519 key may be its 32 bytes in hex", async () => {
  const hex = hexOf(pairs.ed25519.publicKey);
  expect(await judgeKey("ed25519", hex)).toBe("verified");
  expect(await judgeKey("ed25519", hex.toUpperCase())).toBe("verified");
  expect(await judgeKey("ed25519", hexOf(other.ed25519.publicKey))).toBe("401 signature_wrong");
});

test("a key that was read once is still refused where one of another kind belongs", async () => {
  const pem = pemOf(pairs.rsa.publicKey);
  expect(await judgeKey("rsa", pem)).toBe("verified");
  await expect(judgeKey("ecdsa", pem)).rejects.toMatchObject({ class: "config_error" });
});
