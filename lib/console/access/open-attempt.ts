import type { ConsoleTokens } from "../../core/ports/console-tokens.ts";
import type { SignInAttempt } from "../../core/ports/identity-provider.ts";
import { isOneOf } from "../../webhooks/credential.ts";
import { keyed } from "./keyed.ts";
import { ownPath } from "./own-path.ts";

/** What of an attempt to sign in the provider is told, and where in the console it leads. */
export interface OpenAttempt extends Omit<SignInAttempt, "redirectUri"> {
  readonly to: string;
}

/** How long somebody may take to sign in at the provider: a second factor has to be found, or a password to be changed. */
export const ATTEMPT_SECONDS = 15 * 60;
// A cookie has 4 KiB at most.
const LONGEST_PATH = 2_000;
const SHAPE = /^(\d{10,12})\.([0-9a-f-]{36})\.([\w-]*)\.([\w-]{43})$/;

/**
 * Begins an attempt: the text of the cookie that ties it to a browser, signed with the stage's reading token. State, nonce and
 * verifier are made of the same text and are not in it.
 */
export async function beginAttempt(
  tokens: ConsoleTokens,
  { to, now, nonce }: { readonly to: string | undefined; readonly now: number; readonly nonce: string },
): Promise<{ readonly cookie: string; readonly attempt: OpenAttempt }> {
  const [token = ""] = await tokens.tokensFor("read");
  const path = ownPath(to);
  const kept = Buffer.from(path.length > LONGEST_PATH ? "/" : path).toString("base64url");
  const said = `${Math.floor(now / 1000) + ATTEMPT_SECONDS}.${nonce}.${kept}`;
  return { cookie: `${said}.${keyed(token, `attempt ${said}`)}`, attempt: attemptOf(token, said, kept) };
}

/** The attempt that a cookie was made for; undefined for one that is over or forged. */
export async function readAttempt(
  tokens: ConsoleTokens,
  cookie: string,
  now: number,
): Promise<OpenAttempt | undefined> {
  const [, until = "", nonce = "", kept = "", given = ""] = SHAPE.exec(cookie) ?? [];
  if (Number(until) * 1000 <= now) return undefined;
  const said = `${until}.${nonce}.${kept}`;
  const token = (await tokens.tokensFor("read")).find((one) =>
    isOneOf(given, [keyed(one, `attempt ${said}`)]),
  );
  return token === undefined ? undefined : attemptOf(token, said, kept);
}

function attemptOf(token: string, said: string, kept: string): OpenAttempt {
  return {
    to: ownPath(Buffer.from(kept, "base64url").toString()),
    state: keyed(token, `state ${said}`),
    nonce: keyed(token, `nonce ${said}`),
    verifier: keyed(token, `verifier ${said}`),
  };
}
