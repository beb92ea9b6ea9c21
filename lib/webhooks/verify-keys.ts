import * as z from "zod";

const template = z.string().min(1);
const several = (what: string) =>
  z
    .union([template, z.array(template).min(1)])
    .transform((value) => (typeof value === "string" ? [value] : value))
    .describe(what);
const headerName = z
  .string()
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, "a header's name has no spaces and no colon")
  .transform((name) => name.toLowerCase());
const encoding = z.enum(["hex", "upper_hex", "base64", "base64url"]);

const place = {
  header: z
    .union([headerName, z.array(headerName).min(1)], {
      error: "write the name of a header, which has no spaces and no colon, or a list of such names",
    })
    .optional()
    .describe("The header that holds it; of several the first that came"),
  query: z.string().optional().describe("The parameter of the query that holds it"),
  body_path: z.string().optional().describe("The path in the JSON body that holds it"),
};

const signature = z
  .strictObject({
    ...place,
    encoding: encoding.default("hex").describe("How its bytes are written"),
    prefix: z.string().optional().describe("What stands before it, e.g. `sha256=`"),
    separator: z
      .string()
      .min(1)
      .optional()
      .describe("What stands between several of them, or between fields"),
    field: z.string().optional().describe("The name of the fields that are signatures, e.g. `v1`"),
    assign: z.string().min(1).default("=").describe("What stands between a field's name and its value"),
  })
  .describe("Where the signature stands, and how it is written");

const timestamp = z
  .strictObject({
    ...place,
    field: z.string().optional().describe("The field beside the signature that holds it, e.g. `t`"),
    unit: z.enum(["seconds", "milliseconds", "iso8601"]).default("seconds").describe("How it is written"),
    tolerance: z.number().int().min(1).max(86_400).default(300).describe("Seconds that it may be from now"),
  })
  .describe("When the request was signed");

const signedKeys = {
  signature,
  signed: template.default("${body}").describe("Template of what is signed, over the request as it came"),
  timestamp: timestamp.optional(),
  id: z.strictObject(place).optional().describe("Where the delivery's id stands, when it is signed"),
  body_hash: z
    .strictObject({ ...place, encoding: encoding.default("hex").describe("How its bytes are written") })
    .optional()
    .describe("Where the SHA-256 of a body stands that is not itself signed"),
  base_url: template
    .optional()
    .describe("Scheme and host that the sender signs, where they are not those of the call"),
};

const secret = several("The secret, or several of which one must fit; e.g. `${env:MY_SECRET}`");
const publicKey = several("The public key, or several: PEM, or DER in base64; of Ed25519 also hex");
const hash = z.enum(["sha1", "sha256", "sha512"]).default("sha256").describe("The hash");
const publicKeyKeys = { public_key: publicKey, algorithm: hash, ...signedKeys };

/** The keys of `verify` for each scheme. Times in seconds. */
export const schemeKeys = {
  hmac: z
    .strictObject({
      scheme: z.literal("hmac").describe("How requests are signed"),
      secret,
      secret_encoding: z
        .enum(["text", "hex", "base64"])
        .default("text")
        .describe("How the secret's bytes are written"),
      secret_prefix: z.string().optional().describe("What is taken off the secret before, e.g. `whsec_`"),
      algorithm: hash,
      ...signedKeys,
    })
    .describe("A keyed hash of the request (RFC 2104)"),
  standard_webhooks: z
    .strictObject({
      scheme: z.literal("standard_webhooks").describe("How requests are signed"),
      secret,
      header_prefix: z
        .string()
        .default("webhook-")
        .describe("What the names of its three headers begin with"),
      tolerance: z
        .number()
        .int()
        .min(1)
        .max(86_400)
        .default(300)
        .describe("Seconds that the time of signing may be from now"),
    })
    .describe("Signatures as standardwebhooks.com defines them"),
  ed25519: z
    .strictObject({
      scheme: z.literal("ed25519").describe("How requests are signed"),
      public_key: publicKey,
      ...signedKeys,
    })
    .describe("An Ed25519 signature (RFC 8032)"),
  rsa: z
    .strictObject({ scheme: z.literal("rsa").describe("How requests are signed"), ...publicKeyKeys })
    .describe("An RSA signature (PKCS #1 v1.5)"),
  ecdsa: z
    .strictObject({ scheme: z.literal("ecdsa").describe("How requests are signed"), ...publicKeyKeys })
    .describe("An ECDSA signature in DER"),
  basic: z
    .strictObject({
      scheme: z.literal("basic").describe("How requests are signed"),
      username: z.string().describe("The user's name"),
      password: several("The password, or several of which one must fit"),
    })
    .describe("Name and password (RFC 7617)"),
  bearer: z
    .strictObject({
      scheme: z.literal("bearer").describe("How requests are signed"),
      token: several("The token, or several of which one must fit"),
    })
    .describe("A token in the header Authorization (RFC 6750)"),
  header: z
    .strictObject({
      scheme: z.literal("header").describe("How requests are signed"),
      header: headerName.describe("The header's name"),
      value: several("Its value, or several of which one must fit"),
    })
    .describe("A secret value in a header"),
  jwt: z
    .strictObject({
      scheme: z.literal("jwt").describe("How requests are signed"),
      key: several("The secret of an HS algorithm, or a public key in PEM; or several"),
      algorithms: z
        .array(
          z.enum([
            "HS256",
            "HS384",
            "HS512",
            "RS256",
            "RS384",
            "RS512",
            "PS256",
            "PS384",
            "PS512",
            "ES256",
            "ES384",
            "ES512",
            "EdDSA",
          ]),
        )
        .min(1)
        .describe("The algorithms that are accepted"),
      header: headerName.default("authorization").describe("The header that holds the token"),
      prefix: z.string().default("Bearer ").describe("What stands before the token"),
      issuer: z.string().optional().describe("The `iss` that it must have"),
      audience: z.string().optional().describe("The `aud` that it must have"),
      tolerance: z.number().int().min(0).max(86_400).default(60).describe("Seconds that clocks may differ"),
      body_hash_claim: z.string().optional().describe("The claim that holds the SHA-256 of the body in hex"),
    })
    .describe("A JSON Web Token (RFC 7519)"),
};

/** The keys of `verify` with a preset. */
export const presetKeys = z.strictObject({
  preset: z.string().describe("The service that calls"),
  secret: several(
    "What the service signs with, or several of which one must fit; absent: `${env:…}` of the preset's name",
  ).optional(),
  tolerance: z
    .number()
    .int()
    .min(1)
    .max(86_400)
    .optional()
    .describe("Seconds that the time of signing may be from now"),
  base_url: template
    .optional()
    .describe("Scheme and host that the service signs, where they are not those of the call"),
});

/** What an author may write for each scheme. */
export type SchemeKeys = {
  [Scheme in keyof typeof schemeKeys]: z.input<(typeof schemeKeys)[Scheme]>;
}[keyof typeof schemeKeys];

/** The same, read. */
export type ReadScheme = {
  [Scheme in keyof typeof schemeKeys]: z.output<(typeof schemeKeys)[Scheme]>;
}[keyof typeof schemeKeys];

/** The values of {@link presetKeys}. */
export type PresetKeys = z.output<typeof presetKeys>;
