import { createPublicKey, createSecretKey, type KeyObject } from "node:crypto";
import { FlowError } from "../core/flow-error.ts";
import type { JwtVerification } from "../core/verification.ts";

/** A key, and those of a rule's algorithms that it can verify: a sender that names another one has the wrong token. */
export interface TokenKey {
  readonly key: KeyObject;
  readonly algorithms: readonly string[];
}

/**
 * The secret of HS algorithms, or a public key in PEM.
 * @throws FlowError `config_error` for a text that is no key, or one for none of the algorithms.
 */
export function readTokenKey(text: string, { algorithms }: Pick<JwtVerification, "algorithms">): TokenKey {
  if (algorithms.every(isSymmetric)) return { key: createSecretKey(Buffer.from(text)), algorithms };
  const key = parsePublicKey(text);
  const fitting = algorithms.filter((name) => fits(key, name));
  if (fitting.length > 0) return { key, algorithms: fitting };
  throw new FlowError(
    "config_error",
    `the public key of the token is one of ${key.asymmetricKeyType}, and verifies none of ${algorithms.join(", ")}: RS and PS need RSA of 2048 bits or more, ES256, ES384 and ES512 the curve P-256, P-384 or P-521, EdDSA Ed25519`,
  );
}

/** Whether an algorithm signs with the secret that verifies. */
export function isSymmetric(algorithm: string): boolean {
  return algorithm.startsWith("HS");
}

function parsePublicKey(text: string): KeyObject {
  try {
    return createPublicKey(text.trim().replaceAll("\\n", "\n"));
  } catch {
    throw new FlowError("config_error", "the public key of the token cannot be read: write it as PEM");
  }
}

// RFC 7518, 3.3 to 3.5, and RFC 8037, 3.1.
const CURVES: { readonly [algorithm: string]: string } = {
  ES256: "prime256v1",
  ES384: "secp384r1",
  ES512: "secp521r1",
};

function fits(
  { asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject,
  algorithm: string,
): boolean {
  if (/^[RP]S/.test(algorithm)) return type === "rsa" && (details?.modulusLength ?? 0) >= 2048;
  if (Object.hasOwn(CURVES, algorithm)) return type === "ec" && details?.namedCurve === CURVES[algorithm];
  return algorithm === "EdDSA" && type === "ed25519";
}
