import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { FlowError, heals } from "../../core/flow-error.ts";
import type { IdentityProvider } from "../../core/ports/identity-provider.ts";
import type { ConsoleApp, ConsoleContext } from "../console-app.ts";
import { troublePage } from "../trouble.ts";
import { ATTEMPT_SECONDS, beginAttempt, readAttempt } from "./open-attempt.ts";
import { openFromHere } from "./open-from-here.ts";
import { nameOfClaims, rightOfClaims } from "./right-of-claims.ts";
import { openSession } from "./session.ts";
import type { OidcAccess, SignInMeans } from "./sign-in-means.ts";

const CALLBACK = "/oidc/callback";
/** Cookie of an attempt. It must come along when the provider sends the browser back, which a strict one does not. */
const ATTEMPT_COOKIE = "hookline-sign-in";
const HOST_COOKIE = { prefix: "host", path: "/", secure: true } as const;

/** Adds the way to the provider and back. Nothing that the provider sends is shown. */
export function addOidcPages(app: ConsoleApp, means: SignInMeans, { provider, rules }: OidcAccess): void {
  const { tokens, clock, random, log } = means;

  app.get("/oidc/sign-in", async (context) => {
    const { cookie, attempt } = await beginAttempt(tokens, {
      to: context.req.query("to"),
      now: clock.now(),
      nonce: random.uuid(),
    });
    return answered(context, provider, async () => {
      const url = await provider.signInUrl({ ...attempt, redirectUri: callbackOf(context) });
      setCookie(context, ATTEMPT_COOKIE, cookie, {
        ...HOST_COOKIE,
        httpOnly: true,
        sameSite: "Lax",
        maxAge: ATTEMPT_SECONDS,
      });
      return context.redirect(url, 303);
    });
  });

  app.get(CALLBACK, async (context) => {
    const cookie = getCookie(context, ATTEMPT_COOKIE, "host");
    const attempt = cookie === undefined ? undefined : await readAttempt(tokens, cookie, clock.now());
    // Whatever comes of it, an attempt is made once.
    deleteCookie(context, ATTEMPT_COOKIE, HOST_COOKIE);
    const refuse = (message: string) => {
      log.write({ level: "warn", message: `a sign-in by ${provider.name} was refused: ${message}` });
      return troublePage(
        context,
        401,
        "That sign-in did not work",
        "It took too long, was begun in another window or browser, or was ended at the provider. Go to the first page and sign in again.",
      );
    };
    if (!attempt) return refuse("no attempt was begun in this browser, or it is over");
    return answered(
      context,
      provider,
      async () => {
        const redirectUri = callbackOf(context);
        const claims = await provider.claims(`${redirectUri}${new URL(context.req.url).search}`, {
          ...attempt,
          redirectUri,
        });
        const name = nameOfClaims(claims);
        const right = rightOfClaims(rules, claims);
        if (!right) {
          log.write({
            level: "warn",
            message: "somebody whom no rule names tried to sign in",
            fields: { by: name },
          });
          return troublePage(
            context,
            403,
            "You are not let in",
            `${provider.name} knows you, but nothing that it says of you is among the rules of this stage: console.oidc in stages.yaml.`,
          );
        }
        const [token = ""] = await tokens.tokensFor(right);
        openSession(context, means, { token, right, name });
        log.write({ level: "info", message: "somebody signed in", fields: { by: name, right } });
        return openFromHere(context, attempt.to);
      },
      refuse,
    );
  });
}

/** The address by which the gateway was asked, which no header of the browser's says. */
function callbackOf(context: ConsoleContext): string {
  return new URL(CALLBACK, context.req.url).href;
}

async function answered(
  context: ConsoleContext,
  { name }: IdentityProvider,
  answer: () => Promise<Response>,
  refuse?: (message: string) => Response | Promise<Response>,
): Promise<Response> {
  try {
    return await answer();
  } catch (thrown) {
    if (!(thrown instanceof FlowError)) throw thrown;
    if (refuse && thrown.class === "refused") return refuse(thrown.message);
    if (!heals(thrown.class)) throw thrown;
    context
      .get("stage")
      .log.write({ level: "warn", message: thrown.message, fields: { class: thrown.class } });
    context.header("Retry-After", "5");
    return troublePage(context, 503, "Not now", `${name} does not answer. Try again in a moment.`);
  }
}
