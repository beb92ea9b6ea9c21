import type { JsonObject } from "./json.ts";

/** Where a request carries a value: a header (the first that came of several), a parameter of the query, or a path of its JSON body. */
export type ValuePlace =
  | { readonly headers: readonly string[] }
  | { readonly query: string }
  | { readonly bodyPath: string };

/** How bytes are written as text. */
export type ByteEncoding = "hex" | "upper_hex" | "base64" | "base64url";

/** Where a request carries its signatures, and how they are written. */
export interface SignaturePlace {
  readonly place: ValuePlace;
  readonly encoding: ByteEncoding;
  /** Stands before each signature. */
  readonly prefix?: string;
  /** Stands between the parts of the value; absent: the whole value is one part. */
  readonly separator?: string;
  /** Parts are `name=value`, and those of this name are signatures; absent: every part is one. */
  readonly field?: string;
  /** What stands between name and value. */
  readonly assign: string;
}

/** When a request was signed, and how far from now that may be. */
export interface TimestampRule {
  /** `field`: a part of the signature's value. */
  readonly place: ValuePlace | { readonly field: string };
  readonly unit: "seconds" | "milliseconds" | "iso8601";
  readonly toleranceSeconds: number;
}

/** What is signed, and where signature and time stand. */
export interface SignedRequest {
  readonly signature: SignaturePlace;
  /** Template over the request. */
  readonly signed: string;
  readonly timestamp?: TimestampRule;
  readonly id?: ValuePlace;
  /** Where the hash of a body stands that is not itself signed; a form's fields are. */
  readonly bodyHash?: { readonly place: ValuePlace; readonly encoding: ByteEncoding };
  /** Template of the scheme and host that the sender signs; absent: those of the request. */
  readonly baseUrl?: string;
}

/** A keyed hash (RFC 2104) under any of the secrets. */
export interface HmacVerification extends SignedRequest {
  readonly scheme: "hmac";
  readonly algorithm: "sha1" | "sha256" | "sha512";
  /** Templates over `${env:…}`; what renders as nothing is left out. */
  readonly secrets: readonly string[];
  readonly secretEncoding: "text" | "hex" | "base64";
  /** Taken off a secret before it is decoded. */
  readonly secretPrefix?: string;
}

/** A signature by the private key of any of the public ones. */
export interface PublicKeyVerification extends SignedRequest {
  readonly scheme: "ed25519" | "rsa" | "ecdsa";
  readonly algorithm: "sha1" | "sha256" | "sha512";
  /** Templates over `${env:…}`: PEM, a DER key (SPKI) in base64, or an Ed25519 key of 32 bytes in hex. */
  readonly publicKeys: readonly string[];
}

/** A credential that travels as it is. */
export type CredentialVerification =
  | { readonly scheme: "basic"; readonly username: string; readonly passwords: readonly string[] }
  | { readonly scheme: "bearer"; readonly tokens: readonly string[] }
  | { readonly scheme: "header"; readonly header: string; readonly values: readonly string[] };

/** A JSON Web Token (RFC 7519). */
export interface JwtVerification {
  readonly scheme: "jwt";
  readonly header: string;
  /** Stands before the token, e.g. `Bearer `. */
  readonly prefix: string;
  readonly algorithms: readonly string[];
  /** Templates: the secret of an HS algorithm, or a public key in PEM. */
  readonly keys: readonly string[];
  readonly issuer?: string;
  readonly audience?: string;
  readonly toleranceSeconds: number;
  /** Claim with the SHA-256 of the body, in hex; absent: the body is not covered. */
  readonly bodyHashClaim?: string;
}

/** Who may call a webhook. */
export type Verification =
  | HmacVerification
  | PublicKeyVerification
  | CredentialVerification
  | JwtVerification;

/** A question of a service whether somebody is there, answered without a run. */
export interface Handshake {
  readonly method: "GET" | "HEAD" | "POST";
  /** All of it must hold, where nothing is said any request of the method does: a parameter or header that is there, a path of the body that is there or has the value. */
  readonly when: {
    readonly query?: string;
    readonly header?: string;
    readonly bodyPath?: string;
    readonly equals?: string;
    /** A path of the body that is not there. */
    readonly without?: string;
  };
  /** `signature`: only of a request that is verified; or a parameter of the query that must be the secret of a template. */
  readonly trust: "signature" | "anyone" | { readonly query: string; readonly secret: string };
  readonly answer: {
    /** Default 200. */
    readonly status?: 200 | 204;
    readonly contentType: "application/json" | "text/plain";
    /** Template over the request. */
    readonly body: string | JsonObject;
    /** Templates too. */
    readonly headers?: { readonly [name: string]: string };
  };
  /** Where it brings the secret that deliveries will be signed with: kept while a pairing waits for it. */
  readonly secret?: ValuePlace;
  /** A text that the answer gives back signed, as `${signed}`. */
  readonly sign?: { readonly text: string; readonly encoding: ByteEncoding; readonly prefix?: string };
}
