import { getCookie } from "hono/cookie";
import type { Access } from "./access.ts";
import { addOidcPages } from "./oidc-pages.ts";
import { readSession, SESSION_COOKIE } from "./session.ts";
import { addSignIn } from "./sign-in.ts";
import type { SignInMeans } from "./sign-in-means.ts";

/** Lets in who has brought a token of the stage, or whom its provider vouches for, as long as their session lasts. */
export function tokenAccess(means: SignInMeans): Access {
  const { tokens, clock, oidc } = means;
  return {
    async visitor(context) {
      const cookie = getCookie(context, SESSION_COOKIE, "host");
      const session = cookie === undefined ? undefined : await readSession(tokens, cookie, clock.now());
      if (!session) return undefined;
      const { right, name, formKey } = session;
      return { right, signedIn: true, formKey, ...(name !== undefined && { name }) };
    },
    addPages(app) {
      addSignIn(app, means);
      if (oidc) addOidcPages(app, means, oidc);
    },
  };
}
