import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readGivenFile } from "../../build/read-given-file.ts";
import { FlowError } from "../../core/flow-error.ts";
import type { PublicKeyVerification } from "../../core/verification.ts";
import { readIfPresent } from "../../local/working-folder.ts";
import { readPublicKey } from "../../webhooks/public-key.ts";

type Scheme = PublicKeyVerification["scheme"];

/** A private key in PEM, and its public half as a service shows it. */
export interface SigningKey {
  readonly pem: string;
  /** One line: the 32 bytes of an Ed25519 key in hex, of others DER (SPKI) in base64. */
  readonly publicText: string;
  /** Whether one of some public keys is its own. */
  fits(publicKeys: readonly string[]): boolean;
}

/**
 * The private key of a file, else one that a data folder keeps for deliveries of this machine; the first call makes it.
 * @throws FlowError `invalid_input` for a file that holds none.
 */
export function signingKey(scheme: Scheme, file: string | undefined, dataFolder: string): SigningKey {
  const pem = file === undefined ? ownKey(scheme, dataFolder) : readGivenFile(file);
  const key = publicHalf(pem, file);
  const der = key.export({ format: "der", type: "spki" });
  return {
    pem,
    publicText: scheme === "ed25519" ? der.subarray(-32).toString("hex") : der.toString("base64"),
    fits: (publicKeys) => publicKeys.some((text) => readPublicKey(text, scheme).equals(key)),
  };
}

function publicHalf(pem: string, file = "the key"): KeyObject {
  try {
    return createPublicKey(createPrivateKey(pem));
  } catch (cause) {
    throw new FlowError(
      "invalid_input",
      `${file} holds no private key that can be read: write it as PEM, without a password`,
      { cause },
    );
  }
}

function ownKey(scheme: Scheme, dataFolder: string): string {
  const folder = join(dataFolder, "send-keys");
  const file = join(folder, `${scheme}.pem`);
  const known = readIfPresent(file);
  if (known !== undefined) return known;
  const pem = makeKey(scheme).export({ format: "pem", type: "pkcs8" }).toString();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(file, pem, { mode: 0o600 });
  return pem;
}

function makeKey(scheme: Scheme): KeyObject {
  switch (scheme) {
    case "ed25519":
      return generateKeyPairSync("ed25519").privateKey;
    case "rsa":
      return generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
    case "ecdsa":
      return generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey;
  }
}
