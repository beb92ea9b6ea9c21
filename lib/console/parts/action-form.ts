import { html } from "hono/html";
import { FORM_TOKEN, formToken } from "../access/form-token.ts";
import type { ConsoleContext } from "../console-app.ts";
import type { Html } from "./html.ts";

/** A button that changes something. */
export interface Action {
  readonly path: string;
  readonly label: string;
  /** What it does, for the person about to press it. */
  readonly hint: string;
  readonly fields?: { readonly [name: string]: string };
  readonly kind?: "primary" | "danger";
}

/** A form of one button; nothing for visitors who may only read. */
export function actionForm(context: ConsoleContext, { path, label, hint, fields = {}, kind }: Action): Html {
  if (context.get("visitor").right !== "act") return "";
  return html`<form method="post" action="${path}">${tokenField(context)}${Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )}<button type="submit" class="${kind ?? ""}">${label}</button><span class="hint">${hint}</span></form>`;
}

/** The hidden field that shows a form to be one of the visitor's own. */
export function tokenField(context: ConsoleContext): Html {
  const nonce = context.get("stage").operator.random.uuid();
  return html`<input type="hidden" name="${FORM_TOKEN}" value="${formToken(context.get("visitor").formKey, nonce)}">`;
}
