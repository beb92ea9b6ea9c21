import { createHmac, timingSafeEqual } from "node:crypto";
import type { HmacVerification } from "../core/verification.ts";
import type { SignedDelivery } from "./read-signed.ts";
import { refuse, VERIFIED, type Verdict } from "./refusal.ts";
import { placeName } from "./request.ts";

/** Whether one of the signatures is the keyed hash under one of the secrets; every pair is compared, in constant time. */
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

/** The keyed hash of some bytes under a secret as it is configured. */
export function hmacOf(
  { algorithm, secretEncoding, secretPrefix = "" }: HmacVerification,
  secret: string,
  bytes: Uint8Array,
): Buffer {
  const text = secret.startsWith(secretPrefix) ? secret.slice(secretPrefix.length) : secret;
  const key = Buffer.from(text, secretEncoding === "text" ? "utf8" : secretEncoding);
  return createHmac(algorithm, key).update(bytes).digest();
}
