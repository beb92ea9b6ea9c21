import { deleteCookie, setCookie } from "hono/cookie";
import { html } from "hono/html";
import type { Clock } from "../../core/ports/clock.ts";
import { CONSOLE_RIGHTS, type ConsoleRight, type ConsoleTokens } from "../../core/ports/console-tokens.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Random } from "../../core/ports/random.ts";
import type { Turns } from "../../core/ports/turns.ts";
import { isOneOf } from "../../webhooks/credential.ts";
import type { ConsoleApp, ConsoleContext } from "../console-app.ts";
import { answerPage } from "../layout.ts";
import { SESSION_COOKIE, sessionCookie } from "./session.ts";

/** What signing in by a token needs. */
export interface TokenAccess {
  readonly tokens: ConsoleTokens;
  readonly turns: Turns;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

// A day's work; who works longer signs in again.
const SESSION_SECONDS = 12 * 3600;
// Of one address: so many at once, then one each six seconds. Tokens are long; this keeps guessing from costing us.
const TRIES = { count: 10, perSeconds: 60 };
// Never a workflow's name, so that its turns are nobody's rate limit.
const TURNS_OF = ":console";

/** Adds signing in and out. Whatever is wrong with a token, the answer is the same, in the same time. */
export function addSignIn(app: ConsoleApp, means: TokenAccess): void {
  app.get("/sign-in", (context) => signInPage(context, context.req.query("to")));
  app.post("/sign-in", async (context) => {
    const form = await context.req.parseBody();
    const to = typeof form.to === "string" ? form.to : undefined;
    const waitSeconds = await secondsToWait(means, context);
    if (waitSeconds > 0) {
      context.header("Retry-After", String(waitSeconds));
      return signInPage(context, to, 429, `Too many tries: the next one is open in ${waitSeconds} s.`);
    }
    const found = await tokenGiven(means, form.token);
    if (!found) {
      means.log.write({
        level: "warn",
        message: "somebody tried to sign in with a token that is not in force",
      });
      return signInPage(context, to, 401, "This is not a token of this stage.");
    }
    const until = Math.floor(means.clock.now() / 1000) + SESSION_SECONDS;
    const cookie = sessionCookie(found.token, { right: found.right, until, nonce: means.random.uuid() });
    setCookie(context, SESSION_COOKIE, cookie, {
      prefix: "host",
      path: "/",
      secure: true,
      httpOnly: true,
      sameSite: "Strict",
      maxAge: SESSION_SECONDS,
    });
    return context.redirect(ownPath(to), 303);
  });
  app.post("/sign-out", (context) => {
    deleteCookie(context, SESSION_COOKIE, { prefix: "host", path: "/", secure: true });
    return context.redirect("/sign-in", 303);
  });
}

/** A path of this console, or its first page: nobody is sent elsewhere. */
function ownPath(to: string | undefined): string {
  return to !== undefined && /^\/(?![/\\])[\x21-\x7e]*$/.test(to) ? to : "/";
}

async function secondsToWait({ turns, clock }: TokenAccess, context: ConsoleContext): Promise<number> {
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
  { tokens }: TokenAccess,
  given: unknown,
): Promise<{ readonly right: ConsoleRight; readonly token: string } | undefined> {
  const token = typeof given === "string" ? given.trim() : "";
  const all = await Promise.all(CONSOLE_RIGHTS.map((right) => tokens.tokensFor(right)));
  const isRight = all.map((accepted) => isOneOf(token, accepted));
  const right = CONSOLE_RIGHTS.findLast((_right, at) => isRight[at]);
  return right && { right, token };
}

function signInPage(
  context: ConsoleContext,
  to: string | undefined,
  status: 200 | 401 | 429 = 200,
  problem?: string,
) {
  const stage = context.get("stage").name;
  return answerPage(context, {
    title: "Sign in",
    status,
    main: html`
      <form class="card sign-in" method="post" action="/sign-in">
        <h1>Hookline</h1>
        <p class="quiet">Stage ${stage}. Sign in with a token of Secrets Manager: <code>hookline/${stage}/console/read</code> shows runs, <code>hookline/${stage}/console/act</code> lets you change them too.</p>
        ${problem === undefined ? "" : html`<p class="notice bad" role="alert">${problem}</p>`}
        <input type="hidden" name="to" value="${ownPath(to)}">
        <label for="token">Token</label>
        <input id="token" name="token" type="password" autocomplete="current-password" required autofocus spellcheck="false">
        <button class="primary" type="submit">Sign in</button>
      </form>`,
  });
}
