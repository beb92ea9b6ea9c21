import {
  createHash,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type KeyObject,
  sign,
} from "node:crypto";
import { FlowError } from "../core/flow-error.ts";
import type {
  HmacVerification,
  JwtVerification,
  PublicKeyVerification,
  TimestampRule,
  Verification,
} from "../core/verification.ts";
import { encodeBytes } from "./decode-bytes.ts";
import { hmacOf } from "./hmac.ts";
import { formBodyOf, textAt, type WebhookRequest } from "./request.ts";
import { signedBytes } from "./signed-bytes.ts";
import { isSymmetric, readTokenKey } from "./token-key.ts";
import { withTextAt } from "./with-text-at.ts";

/** Who signs a delivery, and when. */
export interface Signer {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The delivery's id where one is signed and the request has none. */
  readonly id: string;
  /** The secret, password or token as it is configured; in place of a public key the private one, in PEM. */
  readonly secret: string;
  /** Of `basic`. */
  readonly username?: string;
  /** Scheme and host that are signed; absent: those of the request. */
  readonly baseUrl?: string;
}

/**
 * The request as a sender would make it that the rule is about: what verifying reads, written.
 * @throws FlowError `invalid_input` for a private key that cannot be read.
 */
export async function signRequest(
  rule: Verification,
  request: WebhookRequest,
  signer: Signer,
): Promise<WebhookRequest> {
  const { secret, username = "" } = signer;
  const withHeader = (name: string, text: string) => withTextAt(request, { headers: [name] }, text);
  switch (rule.scheme) {
    case "hmac":
    case "ed25519":
    case "rsa":
    case "ecdsa":
      return withSignature(rule, request, signer);
    case "basic":
      return withHeader("authorization", `Basic ${Buffer.from(`${username}:${secret}`).toString("base64")}`);
    case "bearer":
      return withHeader("authorization", `Bearer ${secret}`);
    case "header":
      return withHeader(rule.header, secret);
    case "jwt":
      return withHeader(rule.header, rule.prefix + (await tokenFor(rule, request, signer)));
  }
}

function withSignature(
  rule: HmacVerification | PublicKeyVerification,
  request: WebhookRequest,
  { now, id: newId, secret, baseUrl }: Signer,
): WebhookRequest {
  const { timestamp: time, id: idPlace, bodyHash, signature } = rule;
  const timestamp = time && timeText(now, time.unit);
  let sent = request;
  if (timestamp !== undefined && time && !("field" in time.place))
    sent = withTextAt(sent, time.place, timestamp);
  if (idPlace && textAt(sent, idPlace) === undefined) sent = withTextAt(sent, idPlace, newId);
  if (bodyHash && sent.body.length > 0 && !formBodyOf(sent))
    sent = withTextAt(sent, bodyHash.place, encodeBytes(sha256(sent.body), bodyHash.encoding));
  const id = idPlace && textAt(sent, idPlace);
  const bytes = signedBytes(rule.signed, {
    request: sent,
    ...(timestamp !== undefined && { timestamp }),
    ...(id !== undefined && { id }),
    ...(baseUrl !== undefined && { baseUrl }),
  });
  const made =
    rule.scheme === "hmac"
      ? hmacOf(rule, secret, bytes)
      : sign(rule.scheme === "ed25519" ? null : rule.algorithm, bytes, readPrivateKey(secret));
  const { prefix = "", encoding, field, assign, separator = "" } = signature;
  const text = prefix + encodeBytes(made, encoding);
  const parts = [
    ...(time && timestamp !== undefined && "field" in time.place
      ? [`${time.place.field}${assign}${timestamp}`]
      : []),
    field === undefined ? text : `${field}${assign}${text}`,
  ];
  return withTextAt(sent, signature.place, parts.join(separator));
}

function timeText(now: number, unit: TimestampRule["unit"]): string {
  if (unit === "iso8601") return new Date(now).toISOString();
  return String(unit === "seconds" ? Math.floor(now / 1000) : now);
}

const TOKEN_SECONDS = 300;

async function tokenFor(
  rule: JwtVerification,
  { body }: WebhookRequest,
  { now, secret }: Signer,
): Promise<string> {
  const { issuer, audience, bodyHashClaim } = rule;
  const { SignJWT } = await import("jose");
  const issuedAt = Math.floor(now / 1000);
  const token = new SignJWT({
    iat: issuedAt,
    exp: issuedAt + TOKEN_SECONDS,
    ...(issuer !== undefined && { iss: issuer }),
    ...(audience !== undefined && { aud: audience }),
    ...(bodyHashClaim !== undefined && { [bodyHashClaim]: sha256(body).toString("hex") }),
  });
  const { key, alg } = tokenKey(rule, secret);
  return token.setProtectedHeader({ alg }).sign(key);
}

/** The key, and the first of the rule's algorithms that it is for. */
function tokenKey(rule: JwtVerification, secret: string) {
  const symmetric = rule.algorithms.every(isSymmetric);
  const key = symmetric ? createSecretKey(Buffer.from(secret)) : readPrivateKey(secret);
  const verifying = symmetric
    ? secret
    : createPublicKey(key).export({ format: "pem", type: "spki" }).toString();
  const [alg = ""] = readTokenKey(verifying, rule).algorithms;
  return { key, alg };
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

function readPrivateKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw new FlowError(
      "invalid_input",
      "the private key cannot be read: write it as PEM, without a password",
      {
        cause,
      },
    );
  }
}
