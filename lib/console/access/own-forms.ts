import type { ConsoleContext } from "../console-app.ts";
import { FORM_TOKEN, isFormToken } from "./form-token.ts";

/**
 * Whether a request that changes something was sent by a page of this console. Browsers say where a request comes from by
 * Sec-Fetch-Site, older ones by Origin; what says neither is no browser's form, and is refused too.
 */
export function isOwnRequest(context: ConsoleContext): boolean {
  const site = context.req.header("sec-fetch-site");
  if (site !== undefined) return site === "same-origin";
  const origin = context.req.header("origin");
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === hostOf(context);
}

/** Whether a browser says where the request comes from. */
export function isOfBrowser({ req }: ConsoleContext): boolean {
  return req.header("sec-fetch-site") !== undefined || req.header("origin") !== undefined;
}

/** Whether the form that was sent is one that the visitor was given. */
export async function isOwnForm(context: ConsoleContext): Promise<boolean> {
  const form = await context.req.parseBody();
  return isFormToken(context.get("visitor").formKey, form[FORM_TOKEN]);
}

/** The name, with its port, by which the console was asked. */
export function hostOf(context: ConsoleContext): string {
  return (context.req.header("host") ?? new URL(context.req.url).host).toLowerCase();
}
