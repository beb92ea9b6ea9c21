import { deleteCookie } from "hono/cookie";
import { html } from "hono/html";
import { toFlowError } from "../../core/flow-error.ts";
import { CONSOLE_RIGHTS, type ConsoleRight } from "../../core/ports/console-tokens.ts";
import { isOneOf } from "../../webhooks/credential.ts";
import type { ConsoleApp, ConsoleContext } from "../console-app.ts";
import type { Html } from "../parts/html.ts";
import { ownPath } from "./own-path.ts";
import { openSession, SESSION_COOKIE } from "./session.ts";
import type { SignInMeans } from "./sign-in-means.ts";
import { signInPage } from "./sign-in-page.ts";

// Of one address: so many at once, then one each six seconds. Tokens are long; this keeps guessing from costing us.
const TRIES = { count: 10, perSeconds: 60 };
// Never a workflow's name, so that its turns are nobody's rate limit.
const TURNS_OF = ":console";
const SIGNED_OUT = "signed-out";

/** Adds signing in and out. Whatever is wrong with a token, the answer is the same, in the same time. */
export function addSignIn(app: ConsoleApp, means: SignInMeans): void {
  const provider = means.oidc?.provider;
  const refuse = (context: ConsoleContext, to: string | undefined, status: 401 | 429, problem: string) =>
    signInPage(context, {
      to,
      status,
      provider: provider?.name,
      notice: html`<p class="notice bad" role="alert">${problem}</p>`,
    });

  app.get("/sign-in", async (context) =>
    signInPage(context, {
      to: context.req.query("to"),
      provider: provider?.name,
      notice: context.req.query(SIGNED_OUT) === undefined ? "" : await signedOut(means, context),
    }),
  );
  app.post("/sign-in", async (context) => {
    const form = await context.req.parseBody();
    const to = typeof form.to === "string" ? form.to : undefined;
    const waitSeconds = await secondsToWait(means, context);
    if (waitSeconds > 0) {
      context.header("Retry-After", String(waitSeconds));
      return refuse(context, to, 429, `Too many tries: the next one is open in ${waitSeconds} s.`);
    }
    const found = await tokenGiven(means, form.token);
    if (!found) {
      means.log.write({
        level: "warn",
        message: "somebody tried to sign in with a token that is not in force",
      });
      return refuse(context, to, 401, "This is not a token of this stage.");
    }
    openSession(context, means, found);
    return context.redirect(ownPath(to), 303);
  });
  app.post("/sign-out", (context) => {
    deleteCookie(context, SESSION_COOKIE, { prefix: "host", path: "/", secure: true });
    return context.redirect(`/sign-in?${SIGNED_OUT}`, 303);
  });
}

async function secondsToWait({ turns, clock }: SignInMeans, context: ConsoleContext): Promise<number> {
  const now = clock.now();
  const address = context.env?.sourceIp ?? "";
  const { taken, at } = await turns.take({
    workflow: TURNS_OF,
    key: `sign-in ${address}`,
    ...TRIES,
    now,
    longestWaitMs: 0,
  });
  return taken ? 0 : Math.max(1, Math.ceil((at - now) / 1000));
}

/** Every token is looked at, whichever is right. */
async function tokenGiven(
  { tokens }: SignInMeans,
  given: unknown,
): Promise<{ readonly right: ConsoleRight; readonly token: string } | undefined> {
  const token = typeof given === "string" ? given.trim() : "";
  const all = await Promise.all(CONSOLE_RIGHTS.map((right) => tokens.tokensFor(right)));
  const isRight = all.map((accepted) => isOneOf(token, accepted));
  const right = CONSOLE_RIGHTS.findLast((_right, at) => isRight[at]);
  return right && { right, token };
}

/** Our session is over; that at the provider, which would sign in again without a word, goes on until somebody ends it too. */
async function signedOut({ oidc, log }: SignInMeans, context: ConsoleContext): Promise<Html> {
  const returnTo = new URL("/sign-in", context.req.url).href;
  const url = await oidc?.provider.signOutUrl(returnTo).catch((thrown: unknown) => {
    log.write({ level: "warn", message: toFlowError(thrown).message });
    return undefined;
  });
  return html`<p class="notice" role="status">You are signed out of the console.${url === undefined ? "" : html` <a href="${url}">Sign out of ${oidc?.provider.name} too</a>`}</p>`;
}
