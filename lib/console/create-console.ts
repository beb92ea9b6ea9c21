import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { compress } from "hono/compress";
import { openFromHere } from "./access/open-from-here.ts";
import { hostOf, isOfBrowser, isOwnForm, isOwnRequest } from "./access/own-forms.ts";
import { addAssets } from "./assets.ts";
import type { ConsoleApp, ConsoleContext, ConsoleEnv } from "./console-app.ts";
import { consoleHeaders } from "./console-headers.ts";
import type { ConsoleStage } from "./console-stage.ts";
import { FRAGMENT_HEADER } from "./layout.ts";
import { addPages } from "./pages.ts";
import { answerTrouble, troublePage } from "./trouble.ts";

// An edited event is the largest thing that a form brings.
const LARGEST_FORM = 1_000_000;

/**
 * The console of a stage. Whoever asks by a foreign name, from another site, without a sign-in, or to change something
 * without the right to, gets a page that says so, and nothing else happens.
 */
export function createConsole(stage: ConsoleStage): ConsoleApp {
  const app: ConsoleApp = new Hono<ConsoleEnv>();
  app.use(compress());
  app.use(consoleHeaders);
  app.use(async (context, next) => {
    context.set("stage", stage);
    await next();
    // Redirects and errors too; the files say themselves how long they last.
    if (!context.res.headers.has("cache-control")) context.header("cache-control", "no-store");
  });
  app.onError((error, context) => answerTrouble(context, error));
  app.notFound((context) =>
    troublePage(
      context,
      404,
      "There is no such page",
      "The link may be old, or a run may not be kept any more.",
    ),
  );
  app.use(async (context, next) => {
    const { hosts } = stage.access;
    if (hosts && !hosts.includes(hostOf(context).replace(/:\d+$/, "")))
      return troublePage(
        context,
        421,
        "Not by this name",
        `The console of a local stack answers to ${hosts.join(", ")} only.`,
      );
    return next();
  });
  addAssets(app);
  app.use(
    bodyLimit({
      maxSize: LARGEST_FORM,
      onError: (context) =>
        troublePage(context, 413, "Too large", `A form may have ${LARGEST_FORM / 1000} kB.`),
    }),
  );
  app.use(async (context, next) => {
    if (isLook(context) || isOwnRequest(context)) return next();
    // No browser sent it: to a sender with a wrong URL there is nothing here.
    if (!isOfBrowser(context)) return context.body(null, 404);
    return troublePage(
      context,
      403,
      "Not from here",
      "This was sent from a page that is not the console's, so nothing was done.",
    );
  });
  stage.access.addPages?.(app);
  app.use(async (context, next) => {
    const visitor = await stage.access.visitor(context);
    if (!visitor) return askToSignIn(context);
    context.set("visitor", visitor);
    return next();
  });
  app.post("*", async (context, next) => {
    if (!(await isOwnForm(context)))
      return troublePage(
        context,
        403,
        "This form is too old",
        "Nothing was done. Go back, reload the page and try again.",
      );
    if (context.get("visitor").right !== "act")
      return troublePage(
        context,
        403,
        "You may look only",
        "Nothing was done: changing runs takes a sign-in with the right to act.",
      );
    return next();
  });
  addPages(app, stage);
  return app;
}

/** A link from elsewhere brings no cookie of ours (SameSite=Strict): the page asks once more, from here. */
function askToSignIn(context: ConsoleContext): Response | Promise<Response> {
  if (context.req.header(FRAGMENT_HEADER) !== undefined || !isLook(context))
    return troublePage(context, 401, "Signed out", "Your session is over. Sign in again; nothing was done.");
  const { pathname, search } = new URL(context.req.url);
  if (context.req.header("sec-fetch-site") === "cross-site") return openFromHere(context, pathname + search);
  return context.redirect(`/sign-in?to=${encodeURIComponent(pathname + search)}`, 303);
}

function isLook({ req }: ConsoleContext): boolean {
  return req.method === "GET" || req.method === "HEAD";
}
