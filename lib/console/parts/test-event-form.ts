import { html } from "hono/html";
import type { SampleEvent } from "../../app/sample-event.ts";
import type { ConsoleContext } from "../console-app.ts";
import { tokenField } from "./action-form.ts";
import type { Html } from "./html.ts";

const MOST_ROWS = 24;

/** Stands where somebody could act who may. */
export const lookOnly: Html = html`<p class="notice"><span aria-hidden="true">!</span> You may look only: sending takes the right to act.</p>`;

/** A form with an event that can be changed before it is sent; visitors who may only read are told so. */
export function testEventForm(context: ConsoleContext, path: string, { headers, body }: SampleEvent): Html {
  if (context.get("visitor").right !== "act") return lookOnly;
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const rows = Math.min(MOST_ROWS, body.split("\n").length + 1);
  return html`<form class="card editor" method="post" action="${path}">${tokenField(context)}
<label>Body<textarea name="body" rows="${rows}" spellcheck="false" autocapitalize="off">
${body}</textarea></label>
<label>Headers, one a line<textarea name="headers" rows="${lines.length + 1}" spellcheck="false" autocapitalize="off">
${lines.join("\n")}</textarea></label>
<button type="submit" class="primary">Send</button></form>`;
}
