import type * as client from "openid-client";
import { excerpt } from "../core/excerpt.ts";
import { FlowError, heals } from "../core/flow-error.ts";
import { classOfStatus } from "../core/http-status.ts";
import type { JsonObject } from "../core/json.ts";
import type { OidcSettings } from "../core/oidc.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { Http } from "../core/ports/http.ts";
import type { IdentityProvider } from "../core/ports/identity-provider.ts";
import { responseOf, sendThrough } from "./http/fetch-through.ts";
import { oidcFailure } from "./oidc-failure.ts";
import { createCachedRead } from "./secrets-manager.ts";

/** What a provider of OpenID Connect is asked through, and as whom. */
export interface OidcProviderOptions {
  readonly settings: OidcSettings;
  /** The client's secret; undefined for a client without. */
  readonly clientSecret: () => Promise<string | undefined>;
  readonly http: Http;
  readonly clock: Pick<Clock, "now">;
}

// Somebody waits in front of a page.
const TIMEOUT_MS = 5_000;
/** How long a provider's announcement, its keys and the client's secret are trusted. */
const TTL_MS = 5 * 60_000;

/**
 * A provider by its issuer (OpenID Connect Discovery 1.0): authorization code with PKCE, ID token checked with its signature, whatever way it
 * came. Keys are read again when a token names an unknown one, at most once a minute.
 */
export function createOidcProvider({
  settings: { issuer, client_id: clientId, scopes, read = {}, act = {} },
  clientSecret,
  http,
  clock,
}: OidcProviderOptions): IdentityProvider {
  const ruled = new Set(Object.keys({ ...read, ...act }).flatMap(withProof));
  const discovered = createCachedRead(() => discover(), TTL_MS, clock);

  async function discover() {
    const oidc = await import("openid-client");
    const secret = await clientSecret();
    const options: client.DiscoveryRequestOptions = {
      [oidc.customFetch]: fetchThrough(http),
      execute: [
        oidc.enableNonRepudiationChecks,
        // The schema has it for this machine alone.
        ...(issuer.startsWith("http:") ? [oidc.allowInsecureRequests] : []),
      ],
    };
    // Chosen when the provider has said what it takes.
    const authenticate: client.ClientAuth = (server, metadata, body, headers) =>
      authenticationBy(oidc, server, secret)(server, metadata, body, headers);
    const config = await oidc
      .discovery(new URL(issuer), clientId, undefined, authenticate, options)
      .catch((thrown: unknown) => {
        throw oidcFailure(thrown, (why) =>
          misfit(`the provider at ${issuer} announces itself wrongly (${why})`),
        );
      });
    const server = config.serverMetadata();
    if (server.issuer !== issuer)
      throw misfit(
        `the provider at ${issuer} calls itself ${JSON.stringify(excerpt(server.issuer, 200))}: write that as issuer`,
      );
    return { oidc, config, server };
  }

  return {
    name: new URL(issuer).host,
    async signInUrl({ redirectUri, state, nonce, verifier }) {
      const { oidc, config } = await discovered.read();
      return oidc.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: ["openid", ...scopes].join(" "),
        state,
        nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
      }).href;
    },
    async claims(callback, { state, nonce, verifier }) {
      const { oidc, config, server } = await discovered.read();
      try {
        const tokens = await oidc.authorizationCodeGrant(config, new URL(callback), {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        });
        const claims = tokens.claims();
        if (!claims) throw new FlowError("refused", "the provider sent no ID token");
        // Many providers keep the ID token small.
        if (server.userinfo_endpoint === undefined || [...ruled].every((name) => name in claims))
          return { ...claims } as JsonObject;
        const more = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
        // Only what JSON can say came this way.
        return { ...more, ...claims } as JsonObject;
      } catch (thrown) {
        throw oidcFailure(thrown, (why) => new FlowError("refused", `the sign-in is not taken: ${why}`));
      }
    },
    async signOutUrl(returnTo) {
      const { oidc, config, server } = await discovered.read();
      if (server.end_session_endpoint === undefined) return undefined;
      // Cognito has a word of its own for it.
      return oidc.buildEndSessionUrl(config, { post_logout_redirect_uri: returnTo, logout_uri: returnTo })
        .href;
    },
  };
}

/** An address counts with the word that it was verified. */
function withProof(claim: string): readonly string[] {
  return claim === "email" ? [claim, "email_verified"] : [claim];
}

function misfit(sentence: string): FlowError {
  return new FlowError("config_error", sentence);
}

/** Answers that say "not now" are failures of their own; redirects are followed by nobody. */
function fetchThrough(http: Http): client.CustomFetch {
  return async (url, init) => {
    const answer = await sendThrough(http, { timeoutMs: TIMEOUT_MS, maxRedirects: 0 }, url, init);
    const kind = classOfStatus(answer.status);
    if (heals(kind)) throw new FlowError(kind, `${new URL(url).host} answered ${answer.status}`);
    return responseOf(answer);
  };
}

/** As the provider wants it (Discovery 1.0, `token_endpoint_auth_methods_supported`); a client without a secret proves itself by PKCE alone. */
function authenticationBy(
  oidc: typeof client,
  { token_endpoint_auth_methods_supported: methods = ["client_secret_basic"] }: client.ServerMetadata,
  secret: string | undefined,
): client.ClientAuth {
  if (secret === undefined) return oidc.None();
  return methods.includes("client_secret_post")
    ? oidc.ClientSecretPost(secret)
    : oidc.ClientSecretBasic(secret);
}
