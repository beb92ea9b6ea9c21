import { createHmac } from "node:crypto";
import { CONSOLE_RIGHTS, type ConsoleRight, type ConsoleTokens } from "../../core/ports/console-tokens.ts";
import { isOneOf } from "../../webhooks/credential.ts";

/** Name of the session's cookie, behind the prefix `__Host-`: it is of this host alone, and travels over TLS only. */
export const SESSION_COOKIE = "hookline";

/** Who signed in, and until when. */
export interface Session {
  readonly right: ConsoleRight;
  /** Seconds since the epoch. */
  readonly until: number;
  /** Key of this session's forms. */
  readonly formKey: string;
}

const SHAPE = /^(read|act)\.(\d{10,12})\.([0-9a-f-]{36})\.([\w-]{43})$/;

/**
 * The text of a session's cookie: what it allows, signed with a key that is made of the token it was opened with. A token
 * that is taken out of the secret ends its sessions.
 */
export function sessionCookie(
  token: string,
  { right, until, nonce }: { readonly right: ConsoleRight; readonly until: number; readonly nonce: string },
): string {
  const said = `${right}.${until}.${nonce}`;
  return `${said}.${signature(token, said)}`;
}

/** The session of a cookie; undefined for one that is over, forged, or of a token that is in force no more. */
export async function readSession(
  tokens: ConsoleTokens,
  cookie: string,
  now: number,
): Promise<Session | undefined> {
  const [, rightText, untilText = "", nonce = "", given = ""] = SHAPE.exec(cookie) ?? [];
  const right = CONSOLE_RIGHTS.find((one) => one === rightText);
  const until = Number(untilText);
  if (!right || until * 1000 <= now) return undefined;
  const said = `${right}.${untilText}.${nonce}`;
  const token = (await tokens.tokensFor(right)).find((one) => isOneOf(given, [signature(one, said)]));
  if (token === undefined) return undefined;
  return { right, until, formKey: keyed(token, `form ${said}`) };
}

function signature(token: string, said: string): string {
  return keyed(token, `session ${said}`);
}

function keyed(token: string, text: string): string {
  return createHmac("sha256", `hookline console ${token}`).update(text).digest("base64url");
}
