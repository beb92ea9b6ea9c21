import { getCookie } from "hono/cookie";
import type { Clock } from "../../core/ports/clock.ts";
import type { ConsoleTokens } from "../../core/ports/console-tokens.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Random } from "../../core/ports/random.ts";
import type { Turns } from "../../core/ports/turns.ts";
import type { Access } from "./access.ts";
import { readSession } from "./session.ts";
import { addSignIn } from "./sign-in.ts";

/** Name of the session's cookie, behind the prefix `__Host-`: it is of this host alone, and travels over TLS only. */
export const SESSION_COOKIE = "hookline";

/** What signing in by a token needs. */
export interface TokenAccess {
  readonly tokens: ConsoleTokens;
  readonly turns: Turns;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** Lets in who has brought a token of the stage, for as long as their session lasts. */
export function tokenAccess(means: TokenAccess): Access {
  const { tokens, clock } = means;
  return {
    async visitor(context) {
      const cookie = getCookie(context, SESSION_COOKIE, "host");
      const session = cookie === undefined ? undefined : await readSession(tokens, cookie, clock.now());
      return session && { right: session.right, signedIn: true, formKey: session.formKey };
    },
    addPages: (app) => addSignIn(app, means),
  };
}
