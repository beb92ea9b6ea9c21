import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { FlowError } from "../core/flow-error.ts";
import type { PublicKeyVerification } from "../core/verification.ts";
import type { SignedDelivery } from "./read-signed.ts";
import { refuse, VERIFIED, type Verdict } from "./refusal.ts";
import { placeName } from "./request.ts";

/**
 * Whether one of the signatures is by the private key of one of the public ones.
 * @throws FlowError `config_error` for a key that cannot be read.
 */
export function verifyPublicKey(
  rule: PublicKeyVerification,
  { signatures, signed }: SignedDelivery,
  publicKeys: readonly string[],
): Verdict {
  const keys = publicKeys.map((text) => readPublicKey(text, rule.scheme));
  const algorithm = rule.scheme === "ed25519" ? null : rule.algorithm;
  const right = keys.some((key) => signatures.some((one) => verify(algorithm, signed, key, one)));
  return right
    ? VERIFIED
    : refuse(
        "signature_wrong",
        `the signature in ${placeName(rule.signature.place)} is not one of this request under the workflow's public key`,
      );
}

// RFC 8410: the head of an Ed25519 key in SubjectPublicKeyInfo, before its 32 bytes.
const ED25519_HEAD = Buffer.from("302a300506032b6570032100", "hex");
const TYPES: { readonly [scheme: string]: string } = { ed25519: "ed25519", rsa: "rsa", ecdsa: "ec" };
const known = new Map<string, KeyObject>();

/**
 * A public key of PEM, of DER (SPKI) in base64, or of the 32 bytes of an Ed25519 key in hex.
 * @throws FlowError `config_error` for a text that is none, or a key of another kind.
 */
export function readPublicKey(text: string, scheme: PublicKeyVerification["scheme"]): KeyObject {
  const ready = known.get(text);
  const key = ready ?? parseKey(text, scheme);
  if (key.asymmetricKeyType !== TYPES[scheme])
    throw new FlowError(
      "config_error",
      `the public key is one of ${key.asymmetricKeyType}, not of ${scheme}`,
    );
  if (!ready && known.size < 100) known.set(text, key);
  return key;
}

function parseKey(text: string, scheme: PublicKeyVerification["scheme"]): KeyObject {
  const trimmed = text.trim().replaceAll("\\n", "\n");
  try {
    if (trimmed.startsWith("-----BEGIN")) return createPublicKey(trimmed);
    const der =
      scheme === "ed25519" && /^[0-9a-fA-F]{64}$/.test(trimmed)
        ? Buffer.concat([ED25519_HEAD, Buffer.from(trimmed, "hex")])
        : Buffer.from(trimmed, "base64");
    return createPublicKey({ key: der, format: "der", type: "spki" });
  } catch {
    throw new FlowError(
      "config_error",
      "the public key cannot be read: write PEM, or the DER form (SPKI) in base64, or the 32 bytes of an Ed25519 key in hex",
    );
  }
}
