import { createHash, generateKeyPairSync, type KeyObject } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { SignJWT } from "jose";
import type { SchemeKeys } from "../../lib/webhooks/verify-keys.ts";
import { judge, NOW_SECONDS } from "./judge.ts";

type JwtKeys = Extract<SchemeKeys, { scheme: "jwt" }>;

const SECRET = "a secret of at least 32 bytes, as HS256 wants";
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const smallRsa = generateKeyPairSync("rsa", { modulusLength: 1024 });
const p256 = generateKeyPairSync("ec", { namedCurve: "P-256" });
const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" });
const ed = generateKeyPairSync("ed25519");
const pemOf = (key: KeyObject) => key.export({ type: "spki", format: "pem" }).toString();
const newPem = (namedCurve: string) => pemOf(generateKeyPairSync("ec", { namedCurve }).publicKey);
const otherRsa = pemOf(generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey);
const others = {
  HS256: "x".repeat(64),
  HS512: "x".repeat(64),
  RS256: otherRsa,
  PS512: otherRsa,
  ES256: newPem("P-256"),
  ES384: newPem("P-384"),
  EdDSA: pemOf(generateKeyPairSync("ed25519").publicKey),
};
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

const rule = (keys: Partial<JwtKeys> = {}): JwtKeys => ({
  scheme: "jwt",
  key: SECRET,
  algorithms: ["HS256"],
  ...keys,
});
const bringing = (token: string, body = "") => ({ headers: { authorization: `Bearer ${token}` }, body });
const tokenOf = (claims: object = {}, key: KeyObject | string = SECRET, alg = "HS256") =>
  new SignJWT({ exp: NOW_SECONDS + 60, ...claims })
    .setProtectedHeader({ alg })
    .sign(typeof key === "string" ? Buffer.from(key) : key);
const judgeClaims = async (claims: object, keys: Partial<JwtKeys> = {}) =>
  judge(rule(keys), bringing(await tokenOf(claims)));

describe("a token", () => {
  test.each([
    ["HS256", SECRET, SECRET],
    ["HS512", SECRET.repeat(2), SECRET.repeat(2)],
    ["RS256", rsa.privateKey, pemOf(rsa.publicKey)],
    ["PS512", rsa.privateKey, pemOf(rsa.publicKey)],
    ["ES256", p256.privateKey, pemOf(p256.publicKey)],
    ["ES384", p384.privateKey, pemOf(p384.publicKey).replaceAll("\n", "\\n")],
    ["EdDSA", ed.privateKey, pemOf(ed.publicKey)],
  ] as const)("signed with %s verifies under its key, and not under another", async (alg, key, verifying) => {
    const token = await tokenOf({}, key, alg);
    const keys = rule({ key: verifying, algorithms: [alg] });
    expect(await judge(keys, bringing(token))).toBe("verified");
    expect(await judge({ ...keys, key: others[alg] }, bringing(token))).toBe("401 credential_wrong");
  });

  test("may be by either of two keys while they are changed", async () => {
    const token = await tokenOf();
    expect(await judge(rule({ key: ["x".repeat(32), SECRET] }), bringing(token))).toBe("verified");
    expect(await judge(rule({ key: [SECRET, "x".repeat(32)] }), bringing(token))).toBe("verified");
  });

  test("without a signature never verifies, whatever it says of itself", async () => {
    const claims = { exp: NOW_SECONDS + 60 };
    for (const alg of ["none", "None", "NONE", "HS256"])
      expect(await judge(rule(), bringing(`${part({ alg })}.${part(claims)}.`))).toMatch(
        /^40[01] credential_/,
      );
  });

  test("signed with the public key as if it were a secret is wrong", async () => {
    const pem = pemOf(rsa.publicKey);
    const token = await tokenOf({}, pem, "HS256");
    expect(await judge(rule({ key: pem, algorithms: ["RS256"] }), bringing(token))).toBe(
      "401 credential_wrong",
    );
  });

  test("of an algorithm that its key does not fit is wrong, and no fault of the stage", async () => {
    const key = pemOf(rsa.publicKey);
    const algorithms: JwtKeys["algorithms"] = ["RS256", "ES256", "EdDSA"];
    for (const [alg, privateKey] of [
      ["ES256", p256.privateKey],
      ["EdDSA", ed.privateKey],
      ["PS256", rsa.privateKey],
    ] as const)
      expect(await judge(rule({ key, algorithms }), bringing(await tokenOf({}, privateKey, alg)))).toBe(
        "401 credential_wrong",
      );
    expect(await judge(rule({ key, algorithms }), bringing(await tokenOf({}, rsa.privateKey, "RS256")))).toBe(
      "verified",
    );
  });

  test("is in time from nbf to exp, with 60 seconds on either side", async () => {
    expect(await judgeClaims({ exp: NOW_SECONDS - 59 })).toBe("verified");
    expect(await judgeClaims({ exp: NOW_SECONDS - 61 })).toBe("401 timestamp_stale");
    expect(await judgeClaims({ nbf: NOW_SECONDS + 60 })).toBe("verified");
    expect(await judgeClaims({ nbf: NOW_SECONDS + 61 })).toBe("401 timestamp_future");
    expect(await judgeClaims({ exp: NOW_SECONDS - 1 }, { tolerance: 0 })).toBe("401 timestamp_stale");
  });

  test("is for this audience, from this issuer, where the file names them", async () => {
    const named = { issuer: "us", audience: "hooks" };
    expect(await judgeClaims({ iss: "us", aud: ["others", "hooks"] }, named)).toBe("verified");
    for (const claims of [{}, { iss: "us" }, { iss: "us", aud: "others" }, { iss: "them", aud: "hooks" }])
      expect(await judgeClaims(claims, named)).toBe("401 credential_wrong");
  });

  test("vouches for the body when a claim holds its hash", async () => {
    const keys = rule({ body_hash_claim: "body_sha256" });
    const hash = createHash("sha256").update("the body").digest("hex");
    const token = await tokenOf({ body_sha256: hash });
    expect(await judge(keys, bringing(token, "the body"))).toBe("verified");
    expect(await judge(keys, bringing(token, "another"))).toBe("401 body_hash_wrong");
    expect(await judge(keys, bringing(await tokenOf(), "the body"))).toBe("401 body_hash_wrong");
    expect(await judge(keys, bringing(await tokenOf({ body_sha256: [hash] }), "the body"))).toBe(
      "401 body_hash_wrong",
    );
  });

  test("may stand in another header, behind another word or none", async () => {
    const keys = rule({ header: "X-Assertion", prefix: "" });
    expect(await judge(keys, { headers: { "x-assertion": await tokenOf() } })).toBe("verified");
    expect(await judge(keys, bringing(await tokenOf()))).toBe("401 credential_missing");
  });

  test("is malformed when it is none", async () => {
    const token = await tokenOf();
    for (const value of [
      "",
      "Bearer",
      token,
      `Bearer ${token.slice(0, token.lastIndexOf("."))}`,
      "Bearer a b",
      `Bearer ${token}.x`,
    ])
      expect(await judge(rule(), { headers: { authorization: value } })).toBe("400 credential_malformed");
    expect(await judge(rule(), bringing(`${part({ alg: "HS256" })}.e30x.AAAA`))).toMatch(
      /^40[01] credential_/,
    );
  });

  test("that lacks its end, or has another claim, is wrong", async () => {
    const token = await tokenOf();
    const [head, , signature] = token.split(".");
    expect(await judge(rule(), bringing(token.slice(0, -1)))).toBe("401 credential_wrong");
    expect(await judge(rule(), bringing(`${head}.${part({ exp: NOW_SECONDS + 999 })}.${signature}`))).toBe(
      "401 credential_wrong",
    );
  });
});

describe("the key of a token", () => {
  test.each([
    ["cannot be read", "no key", ["RS256"], "the public key of the token cannot be read: write it as PEM"],
    [
      "is of another kind",
      pemOf(p256.publicKey),
      ["RS256", "ES384"],
      "is one of ec, and verifies none of RS256, ES384",
    ],
    ["is too short", pemOf(smallRsa.publicKey), ["RS256"], "RSA of 2048 bits or more"],
  ] as const)("that %s stops the stage from verifying", async (_what, key, algorithms, message) => {
    const keys = rule({ key, algorithms: [...algorithms] });
    await expect(judge(keys, bringing(await tokenOf()))).rejects.toMatchObject({
      class: "config_error",
      message: expect.stringContaining(message),
    });
  });

  test("is a secret or a public key, never either: such a list of algorithms is refused", async () => {
    await expect(judge(rule({ algorithms: ["HS256", "RS256"] }), bringing(await tokenOf()))).rejects.toThrow(
      "algorithms: HS256 verify with a secret, the others with a public key: write those of one kind",
    );
  });

  test("never verifies when it is empty", async () => {
    await expect(
      judge(rule({ key: "${env:K}" }), bringing(await tokenOf()), { K: "" }),
    ).rejects.toMatchObject({
      class: "config_error",
    });
  });
});
