import type { JsonObject } from "../json.ts";

/** What binds an answer of the provider to the browser that was sent there. Nobody but that browser's cookie leads to it. */
export interface SignInAttempt {
  /** Where the provider sends the browser back to. */
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string;
  /** Proof Key for Code Exchange (RFC 7636): 43 characters or more. */
  readonly verifier: string;
}

/** A provider of OpenID Connect. All of it is thrown as FlowError: `connection`, `timeout` or `server_error` when it does not answer, `config_error` when provider and settings do not fit together. */
export interface IdentityProvider {
  /** Its host, as people know it. */
  readonly name: string;
  /** Where a browser is sent to sign in. */
  signInUrl(attempt: SignInAttempt): Promise<string>;
  /**
   * What the provider says of who came back to `callback`, the whole URL: claims of an ID token that was checked, and of UserInfo.
   * @throws FlowError `refused` when the answer is none to this attempt, or a token is not what it must be.
   */
  claims(callback: string, attempt: SignInAttempt): Promise<JsonObject>;
  /** Where a browser is sent to sign out there too, to come back to a page; undefined where the provider announces nothing of the kind. */
  signOutUrl(returnTo: string): Promise<string | undefined>;
}
