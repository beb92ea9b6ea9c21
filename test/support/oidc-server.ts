import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair } from "jose";
import { type Context, Provider } from "oidc-provider";
import { createMemoryAdapter } from "oidc-provider/lib/adapters/memory_adapter.js";

/** People whom the provider knows. */
export const PEOPLE = {
  ada: { email: "ada@example.com", email_verified: true, groups: ["engineers", "on-call"] },
  bob: { email: "bob@example.com", email_verified: true, groups: ["engineers"] },
  eve: { email: "ada@example.com", email_verified: false, groups: ["guests"] },
} as const;
/** The client with a secret; `public` is one without. */
export const CLIENT = { id: "console", secret: "a secret of the console's client" } as const;

/** A certified provider of OpenID Connect on loopback. */
export interface OidcServer {
  readonly issuer: string;
  stop(): Promise<void>;
}

/**
 * Starts one at which people sign in by pressing the button with their name. `slim`: the ID token says who it is and no more, as OpenID Connect
 * Core 5.4 has it; UserInfo tells the rest.
 */
export async function startOidcServer({
  redirectUris,
  returnTo,
  slim = false,
  signInAs,
}: {
  readonly redirectUris: readonly string[];
  readonly returnTo: readonly string[];
  readonly slim?: boolean;
  /** Whose button presses itself. */
  readonly signInAs?: keyof typeof PEOPLE;
}): Promise<OidcServer> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const same = { redirect_uris: redirectUris, post_logout_redirect_uris: returnTo };
  const provider = new Provider(issuer, {
    // Named, since it warns of what is left as it is.
    adapter: createMemoryAdapter(),
    ttl: { Interaction: 60, Grant: 60, Session: 60, AccessToken: 60, IdToken: 60 },
    clients: [
      {
        ...same,
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        token_endpoint_auth_method: "client_secret_post",
      },
      { ...same, client_id: "public", token_endpoint_auth_method: "none" },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: "first", alg: "RS256", use: "sig" }] },
    cookies: { keys: ["a key of the provider's cookies"] },
    claims: { openid: ["sub"], email: ["email", "email_verified"], groups: ["groups"] },
    conformIdTokenClaims: slim,
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context: Context, { uid }: { readonly uid: string }) => `/login/${uid}` },
    findAccount: (_context: Context, accountId: keyof typeof PEOPLE) => ({
      accountId,
      claims: () => ({ sub: accountId, ...PEOPLE[accountId] }),
    }),
    // What people would be asked once is given: the client is the stage's own.
    async loadExistingGrant({ oidc }: Context) {
      const grant = new oidc.provider.Grant({
        clientId: oidc.client.clientId,
        accountId: oidc.session.accountId,
      });
      grant.addOIDCScope("openid email groups");
      await grant.save();
      return grant;
    },
  });
  const answer = provider.callback();
  server.on("request", (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", issuer);
    if (!pathname.startsWith("/login/")) return answer(request, response);
    const accountId = searchParams.get("as");
    if (request.method === "POST")
      return void provider.interactionFinished(request, response, { login: { accountId } });
    const buttons = Object.keys(PEOPLE).map(
      (name) => `<button id="${name}" formaction="?as=${name}">${name}</button>`,
    );
    const press = signInAs && `<script>document.getElementById("${signInAs}").click()</script>`;
    response
      .setHeader("content-type", "text/html")
      .end(`<title>Provider</title><form method="post">${buttons.join("")}</form>${press ?? ""}`);
  });
  return {
    issuer,
    async stop() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
