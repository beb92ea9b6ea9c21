import { getCookie } from "hono/cookie";
import type { Access } from "./access.ts";
import { readSession, SESSION_COOKIE } from "./session.ts";
import { addSignIn, type TokenAccess } from "./sign-in.ts";

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
