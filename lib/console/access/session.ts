import { setCookie } from "hono/cookie";
import type { Clock } from "../../core/ports/clock.ts";
import { CONSOLE_RIGHTS, type ConsoleRight, type ConsoleTokens } from "../../core/ports/console-tokens.ts";
import type { Random } from "../../core/ports/random.ts";
import { isOneOf } from "../../webhooks/credential.ts";
import type { ConsoleContext } from "../console-app.ts";
import { keyed } from "./keyed.ts";

/** Name of the session's cookie, behind the prefix `__Host-`: it is of this host alone, and travels over TLS only. */
export const SESSION_COOKIE = "hookline";

/** Who signed in, and until when. */
export interface Session {
  readonly right: ConsoleRight;
  /** Seconds since the epoch. */
  readonly until: number;
  /** Who the provider says it is; absent: whoever has the token. */
  readonly name?: string;
  /** Key of this session's forms. */
  readonly formKey: string;
}

// A day's work; who works longer signs in again.
const SESSION_SECONDS = 12 * 3600;
const SHAPE = /^(read|act)\.(\d{10,12})\.([0-9a-f-]{36})\.([\w-]{0,1200})\.([\w-]{43})$/;

/** Opens a session with a token that is in force. Only pages of this console bring its cookie along. */
export function openSession(
  context: ConsoleContext,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
  { token, right, name }: { readonly token: string; readonly right: ConsoleRight; readonly name?: string },
): void {
  const until = Math.floor(clock.now() / 1000) + SESSION_SECONDS;
  const cookie = sessionCookie(token, {
    right,
    until,
    nonce: random.uuid(),
    ...(name !== undefined && { name }),
  });
  setCookie(context, SESSION_COOKIE, cookie, {
    prefix: "host",
    path: "/",
    secure: true,
    httpOnly: true,
    sameSite: "Strict",
    maxAge: SESSION_SECONDS,
  });
}

/**
 * The text of a session's cookie: what it allows, signed with a key that is made of the token it was opened with. A token
 * that is taken out of the secret ends its sessions.
 */
export function sessionCookie(
  token: string,
  {
    right,
    until,
    nonce,
    name = "",
  }: { readonly right: ConsoleRight; readonly until: number; readonly nonce: string; readonly name?: string },
): string {
  const said = `${right}.${until}.${nonce}.${Buffer.from(name).toString("base64url")}`;
  return `${said}.${signature(token, said)}`;
}

/** The session of a cookie; undefined for one that is over, forged, or of a token that is in force no more. */
export async function readSession(
  tokens: ConsoleTokens,
  cookie: string,
  now: number,
): Promise<Session | undefined> {
  const [, rightText, untilText = "", nonce = "", nameText = "", given = ""] = SHAPE.exec(cookie) ?? [];
  const right = CONSOLE_RIGHTS.find((one) => one === rightText);
  const until = Number(untilText);
  if (!right || until * 1000 <= now) return undefined;
  const said = `${right}.${untilText}.${nonce}.${nameText}`;
  const token = (await tokens.tokensFor(right)).find((one) => isOneOf(given, [signature(one, said)]));
  if (token === undefined) return undefined;
  const name = Buffer.from(nameText, "base64url").toString();
  return { right, until, ...(name !== "" && { name }), formKey: keyed(token, `form ${said}`) };
}

function signature(token: string, said: string): string {
  return keyed(token, `session ${said}`);
}
