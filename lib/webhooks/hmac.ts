import { createHmac, timingSafeEqual } from "node:crypto";
import { FlowError } from "../core/flow-error.ts";
import type { HmacVerification } from "../core/verification.ts";
import { decodeBytes } from "./decode-bytes.ts";
import type { SignedDelivery } from "./read-signed.ts";
import { refuse, VERIFIED, type Verdict } from "./refusal.ts";
import { placeName } from "./request.ts";

/**
 * Whether one of the signatures is the keyed hash under one of the secrets; every pair is compared, in constant time.
 * @throws FlowError `config_error` for a secret that is not written as the rule says.
 */
export function verifyHmac(
  rule: HmacVerification,
  { signatures, signed }: SignedDelivery,
  secrets: readonly string[],
): Verdict {
  let right = false;
  for (const secret of secrets) {
    const expected = hmacOf(rule, secret, signed);
    for (const signature of signatures)
      right = (signature.length === expected.length && timingSafeEqual(signature, expected)) || right;
  }
  return right
    ? VERIFIED
    : refuse(
        "signature_wrong",
        `the signature in ${placeName(rule.signature.place)} is not one of this request under the workflow's secret`,
      );
}

/**
 * The keyed hash of some bytes under a secret as it is configured.
 * @throws FlowError `config_error` for a secret that is not written as the rule says, or has no bytes: anybody could sign with it.
 */
export function hmacOf(rule: HmacVerification, secret: string, bytes: Uint8Array): Buffer {
  return createHmac(rule.algorithm, keyOf(rule, secret)).update(bytes).digest();
}

function keyOf({ secretEncoding, secretPrefix = "" }: HmacVerification, secret: string): Buffer {
  const text = secret.startsWith(secretPrefix) ? secret.slice(secretPrefix.length) : secret;
  const key = secretEncoding === "text" ? Buffer.from(text) : decodeBytes(text.trim(), secretEncoding);
  if (key && key.length > 0) return key;
  const form = secretEncoding === "text" ? "" : `<${secretEncoding}>`;
  throw new FlowError("config_error", `the secret is not of the form ${secretPrefix}${form || "<text>"}`);
}
