import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Name under which vectors say who made them. */
export const OPENSSL = "openssl dgst";

/** The keyed hash of a text, by the command `openssl`. */
export function opensslHmac(hash: "sha1" | "sha256", key: string | Buffer, text: string): Buffer {
  const hexKey = Buffer.from(key).toString("hex");
  return openssl([`dgst`, `-${hash}`, "-mac", "HMAC", "-macopt", `hexkey:${hexKey}`, "-binary"], text);
}

/** A pair of keys of the command `openssl`, with what it signs. */
export interface OpensslKey {
  /** DER (SPKI). */
  readonly publicKey: Buffer;
  sign(text: string): Buffer;
}

/** A new key of Ed25519, or of ECDSA on P-256 with SHA-256. */
export function opensslKey(kind: "ed25519" | "ecdsa"): OpensslKey {
  const how = kind === "ed25519" ? [] : ["-pkeyopt", "ec_paramgen_curve:P-256"];
  const pem = openssl(["genpkey", "-algorithm", kind === "ed25519" ? "ED25519" : "EC", ...how]);
  return {
    publicKey: openssl(["pkey", "-pubout", "-outform", "DER"], pem),
    sign: (text) =>
      inFolder({ "key.pem": pem, text }, (folder) => {
        const key = join(folder, "key.pem");
        const file = join(folder, "text");
        return kind === "ed25519"
          ? openssl(["pkeyutl", "-sign", "-inkey", key, "-rawin", "-in", file])
          : openssl(["dgst", "-sha256", "-sign", key, file]);
      }),
  };
}

function openssl(args: readonly string[], input: string | Buffer = ""): Buffer {
  return execFileSync("openssl", args, { input, stdio: ["pipe", "pipe", "pipe"] });
}

function inFolder<T>(files: { readonly [name: string]: string | Buffer }, work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "vectors-"));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
