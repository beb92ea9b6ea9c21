import { createHmac } from "node:crypto";
import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, SignJWT } from "jose";
import { startLoopbackServer } from "./loopback-server.ts";

type Claims = Readonly<Record<string, unknown>>;

/** What an honest token would say, and what it can be signed with. */
export interface Forge {
  readonly honest: Claims & { readonly exp: number };
  /** Signs as the provider does, or with another algorithm's key. */
  sign(
    claims: Claims,
    header?: { readonly alg?: string; readonly kid?: string },
    key?: CryptoKey,
  ): Promise<string>;
  /** A key that the provider does not announce. */
  readonly strangeKey: CryptoKey;
  /** The provider's public key as text, signed with as if it were a shared secret. */
  signWithPublicKey(claims: Claims): Promise<string>;
}

/** A provider of the test's own making, whose tokens and announcements may be anything. */
export interface ForgingProvider {
  readonly issuer: string;
  /** How often each path was asked for. */
  asked(path: string): number;
  /** Makes the next ID token in place of an honest one. */
  forge: (forge: Forge) => Promise<string> | string;
  /** Changes what is announced. */
  announce: Readonly<Record<string, unknown>>;
  /** Answers in place of the token endpoint. */
  answer?: { readonly status: number; readonly body: string };
  /** The nonce that the browser brought along. */
  nonce: string;
  /** Signs with another key from now on, and announces that one. */
  rotate(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts one on loopback, with a client `console`, that vouches for Ada. */
export async function startForgingProvider(): Promise<ForgingProvider> {
  let pair = await generateKeyPair("RS256", { extractable: true });
  let kid = "1";
  const strange = await generateKeyPair("RS256");
  const elliptic = await generateKeyPair("ES256", { extractable: true });
  const now = () => Math.floor(Date.now() / 1000);
  const forgeOf = (): Forge => {
    const honest = {
      iss: server.origin,
      aud: "console",
      sub: "ada",
      iat: now(),
      exp: now() + 60,
      nonce: provider.nonce,
      groups: ["engineers"],
    };
    return {
      honest,
      strangeKey: strange.privateKey,
      sign: (claims, header = {}, key = header.alg === "ES256" ? elliptic.privateKey : pair.privateKey) =>
        new SignJWT(claims)
          .setProtectedHeader({ alg: "RS256", kid: header.alg === "ES256" ? "elliptic" : kid, ...header })
          .sign(key),
      async signWithPublicKey(claims) {
        const said = [{ alg: "HS256", kid }, claims].map((part) =>
          Buffer.from(JSON.stringify(part)).toString("base64url"),
        );
        const mac = createHmac("sha256", await exportSPKI(pair.publicKey)).update(said.join("."));
        return `${said.join(".")}.${mac.digest("base64url")}`;
      },
    };
  };
  const announcement = () => ({
    issuer: server.origin,
    authorization_endpoint: `${server.origin}/authorize`,
    token_endpoint: `${server.origin}/token`,
    jwks_uri: `${server.origin}/keys`,
    response_types_supported: ["code"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256", "ES256", "HS256", "none"],
    ...provider.announce,
  });
  const answers: { readonly [path: string]: () => Promise<object> | object } = {
    "/.well-known/openid-configuration": announcement,
    "/keys": async () => ({
      keys: [
        { ...(await exportJWK(pair.publicKey)), kid, alg: "RS256", use: "sig" },
        { ...(await exportJWK(elliptic.publicKey)), kid: "elliptic", alg: "ES256", use: "sig" },
      ],
    }),
    "/token": async () => ({
      access_token: "an access token that is shown nowhere",
      token_type: "Bearer",
      id_token: await provider.forge(forgeOf()),
    }),
  };
  const server = await startLoopbackServer(async ({ url }, response) => {
    response.setHeader("content-type", "application/json");
    if (url === "/token" && provider.answer)
      return void response.writeHead(provider.answer.status).end(provider.answer.body);
    const answer = await answers[url]?.();
    response.writeHead(answer ? 200 : 404).end(JSON.stringify(answer ?? {}));
  });
  const provider: ForgingProvider = {
    issuer: server.origin,
    asked: (path) => server.seen.filter(({ url }) => url === path).length,
    forge: ({ honest, sign }) => sign(honest),
    announce: {},
    nonce: "",
    async rotate() {
      pair = await generateKeyPair("RS256", { extractable: true });
      kid += "1";
    },
    stop: server.stop,
  };
  return provider;
}
