import { FlowError } from "../core/flow-error.ts";
import type { SignedRequest, ValuePlace, Verification } from "../core/verification.ts";
import { checkSignedText } from "./signed-bytes.ts";
import { isSymmetric } from "./token-key.ts";
import type { ReadScheme } from "./verify-keys.ts";

type Signed = Extract<ReadScheme, { scheme: "hmac" | "ed25519" | "rsa" | "ecdsa" }>;
type Place = Pick<Signed["signature"], "header" | "query" | "body_path">;

/**
 * What ingest verifies with, of the keys as they stand in a file.
 * @throws FlowError `config_error` for keys that say where something stands twice or not at all, for a template that
 * reads what no request has, and for algorithms of a token of which some take a secret and some a public key; of
 * all but a template the sentence begins with the key.
 */
export function toVerification(keys: ReadScheme): Verification {
  switch (keys.scheme) {
    case "hmac":
      return {
        scheme: "hmac",
        algorithm: keys.algorithm,
        secrets: keys.secret,
        secretEncoding: keys.secret_encoding,
        ...(keys.secret_prefix !== undefined && { secretPrefix: keys.secret_prefix }),
        ...signedRequest(keys),
      };
    case "standard_webhooks":
      return standardWebhooks(keys);
    case "ed25519":
      return { scheme: "ed25519", algorithm: "sha512", publicKeys: keys.public_key, ...signedRequest(keys) };
    case "rsa":
    case "ecdsa":
      return {
        scheme: keys.scheme,
        algorithm: keys.algorithm,
        publicKeys: keys.public_key,
        ...signedRequest(keys),
      };
    case "basic":
      return { scheme: "basic", username: keys.username, passwords: keys.password };
    case "bearer":
      return { scheme: "bearer", tokens: keys.token };
    case "header":
      return { scheme: "header", header: keys.header, values: keys.value };
    case "jwt":
      checkAlgorithms(keys.algorithms);
      return {
        scheme: "jwt",
        header: keys.header,
        prefix: keys.prefix,
        algorithms: keys.algorithms,
        keys: keys.key,
        ...(keys.issuer !== undefined && { issuer: keys.issuer }),
        ...(keys.audience !== undefined && { audience: keys.audience }),
        toleranceSeconds: keys.tolerance,
        ...(keys.body_hash_claim !== undefined && { bodyHashClaim: keys.body_hash_claim }),
      };
  }
}

/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md, the symmetric signatures. */
function standardWebhooks(keys: Extract<ReadScheme, { scheme: "standard_webhooks" }>): Verification {
  const header = (name: string) => ({ headers: [keys.header_prefix.toLowerCase() + name] });
  return {
    scheme: "hmac",
    algorithm: "sha256",
    secrets: keys.secret,
    secretEncoding: "base64",
    secretPrefix: "whsec_",
    signature: {
      place: header("signature"),
      encoding: "base64",
      separator: " ",
      field: "v1",
      assign: ",",
    },
    signed: "${id}.${timestamp}.${body}",
    timestamp: { place: header("timestamp"), unit: "seconds", toleranceSeconds: keys.tolerance },
    id: header("id"),
  };
}

function signedRequest({ signature, signed, timestamp, id, body_hash, base_url }: Signed): SignedRequest {
  checkSignedText(signed);
  return {
    signature: {
      place: placeOf("signature", signature),
      encoding: signature.encoding,
      ...(signature.prefix !== undefined && { prefix: signature.prefix }),
      ...(signature.separator !== undefined && { separator: signature.separator }),
      ...(signature.field !== undefined && { field: signature.field }),
      assign: signature.assign,
    },
    signed,
    ...(timestamp && {
      timestamp: {
        place: timestamp.field === undefined ? placeOf("timestamp", timestamp) : { field: timestamp.field },
        unit: timestamp.unit,
        toleranceSeconds: timestamp.tolerance,
      },
    }),
    ...(id && { id: placeOf("id", id) }),
    ...(body_hash && { bodyHash: { place: placeOf("body_hash", body_hash), encoding: body_hash.encoding } }),
    ...(base_url !== undefined && { baseUrl: base_url }),
  };
}

/** A public key that is taken for a secret would let everybody sign with it. */
function checkAlgorithms(algorithms: readonly string[]): void {
  const secret = algorithms.filter(isSymmetric);
  if (secret.length > 0 && secret.length < algorithms.length)
    throw new FlowError(
      "config_error",
      `algorithms: ${secret.join(", ")} verify with a secret, the others with a public key: write those of one kind`,
    );
}

function placeOf(what: string, { header, query, body_path }: Place): ValuePlace {
  const given = [header, query, body_path].filter((one) => one !== undefined);
  if (given.length !== 1)
    throw new FlowError(
      "config_error",
      `${what}: say where it stands with one of header, query and body_path`,
    );
  if (header !== undefined) return { headers: typeof header === "string" ? [header] : header };
  return query === undefined ? { bodyPath: body_path as string } : { query };
}
