import { Webhook } from "svix";
import { NOW_SECONDS } from "../judge.ts";
import { OPENSSL, opensslHmac } from "./openssl.ts";
import type { SignedDelivery } from "./vector.ts";

/** How a delivery of a service is made. */
export interface Recipe {
  readonly name: string;
  readonly preset: string;
  readonly madeBy: string;
  readonly confirmedBy?: string;
  readonly senders: readonly [Sender, Sender];
}

/** A service that has one secret. */
export interface Sender {
  /** What the stage has. */
  readonly secret: string;
  deliver(): SignedDelivery | Promise<SignedDelivery>;
}

type Sign = (secret: string) => SignedDelivery | Promise<SignedDelivery>;

/** The time of signing, as most services write it. */
export const SECONDS = String(NOW_SECONDS);
/** The content type of most deliveries. */
export const JSON_TYPE = { "content-type": "application/json" };

/** Deliveries under two secrets of the same form. */
export function signedBy(
  preset: string,
  secrets: readonly [string, string],
  sign: Sign,
  { madeBy = OPENSSL, name = preset }: { readonly madeBy?: string; readonly name?: string } = {},
): Recipe {
  const sender = (secret: string): Sender => ({ secret, deliver: () => sign(secret) });
  return { name, preset, madeBy, senders: [sender(secrets[0]), sender(secrets[1])] };
}

/** A keyed hash in a header over a text, everything else in the body. */
export function hmacInHeader(
  preset: string,
  {
    header,
    body,
    signed = (text) => text,
    hash = "sha256",
    encoding = "hex",
    write = (signature) => signature,
    headers = {},
    key = (secret) => secret,
    secrets = [`${preset} secret, the first`, `${preset} secret, the second`],
  }: {
    readonly header: string;
    readonly body: string;
    signed?(body: string): string;
    readonly hash?: "sha1" | "sha256";
    readonly encoding?: "hex" | "base64";
    write?(signature: string): string;
    readonly headers?: { readonly [name: string]: string };
    key?(secret: string): string | Buffer;
    readonly secrets?: readonly [string, string];
  },
): Recipe {
  return signedBy(preset, secrets, (secret) => {
    const signature = opensslHmac(hash, key(secret), signed(body)).toString(encoding);
    return { headers: { ...JSON_TYPE, ...headers, [header]: write(signature) }, body, signature };
  });
}

/** As Svix and https://www.standardwebhooks.com sign. */
export function standard(preset: string, prefix: string, body: string): Recipe {
  const secrets = ["the first key of 24 byte", "the other key of 24 byte"].map(
    (key) => `whsec_${Buffer.from(key).toString("base64")}`,
  ) as [string, string];
  return signedBy(
    preset,
    secrets,
    (secret) => {
      const id = "msg_2Xh5mJkQ";
      const signature = new Webhook(secret).sign(id, new Date(NOW_SECONDS * 1000), body);
      return {
        headers: {
          ...JSON_TYPE,
          [`${prefix}id`]: id,
          [`${prefix}timestamp`]: SECONDS,
          [`${prefix}signature`]: signature,
        },
        body,
        signature,
      };
    },
    { madeBy: "svix, Webhook.sign" },
  );
}
