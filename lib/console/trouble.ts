import { html } from "hono/html";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { heals, stackOf, toFlowError } from "../core/flow-error.ts";
import type { ConsoleContext } from "./console-app.ts";
import { answerPage } from "./layout.ts";

/** Answers with a page that says what is wrong. */
export function troublePage(
  context: ConsoleContext,
  status: ContentfulStatusCode,
  title: string,
  text: string,
): Response | Promise<Response> {
  return answerPage(context, {
    title,
    status,
    main: html`<section class="card trouble"><h1>${title}</h1><p>${text}</p><p><a href="/">To the first page</a></p></section>`,
  });
}

/** Answers a request that something threw at: what a person sent wrong, a store that cannot be reached, or a fault of ours, which the log has. */
export function answerTrouble(context: ConsoleContext, thrown: unknown): Response | Promise<Response> {
  const error = toFlowError(thrown);
  if (error.class === "invalid_input") return troublePage(context, 400, "That does not fit", error.message);
  const { log } = context.get("stage");
  const fields = { path: context.req.path, class: error.class, ...stackOf(error) };
  log.write({ level: "error", message: error.message, fields });
  if (heals(error.class)) {
    context.header("Retry-After", "5");
    return troublePage(
      context,
      503,
      "Not now",
      "The stage's store or queue does not answer. Try again in a moment.",
    );
  }
  return troublePage(
    context,
    500,
    "Something is broken",
    "The console's log says what. Nothing that is stored was changed by this page.",
  );
}
