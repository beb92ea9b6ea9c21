import type { ConsoleContext } from "../console-app.ts";
import { troublePage } from "../trouble.ts";

/** Lets a page of the console ask for a path: what another site led to brings no cookie of ours (SameSite=Strict), even when it is redirected. */
export function openFromHere(context: ConsoleContext, path: string): Response | Promise<Response> {
  context.header("refresh", `0;url=${path}`);
  return troublePage(context, 200, "One moment", "The console opens.");
}
