import { html } from "hono/html";
import type { Handled } from "../../app/handled.ts";
import { isObject, type JsonObject } from "../../core/json.ts";
import type { Html } from "./html.ts";

/** Why a test event is no new run that can be looked at; `none`: it is one. */
export type TestEventTrouble =
  | { readonly kind: "none"; readonly runId: string }
  | {
      readonly kind: "trouble";
      readonly status: 400 | 409 | 413 | 422 | 429 | 503;
      readonly said: Html;
    };

/** What came of a test event, for the person who sent it. */
export function testEventTrouble({ answer, receipt }: Handled): TestEventTrouble {
  const body = isObject(answer.body) ? answer.body : {};
  const runId = String(body.run_id ?? "");
  if (receipt?.outcome === "duplicate")
    return trouble(
      409,
      html`The workflow had this delivery before: <code>input.dedupe</code> makes it ${runLink(runId)} again. Change what its key is made of.`,
    );
  if (body.status === "dropped")
    return trouble(
      422,
      html`It is not wanted: ${String(body.reason)}. It is kept as ${runLink(runId)}, dropped.`,
    );
  switch (answer.status) {
    case 202:
      return { kind: "none", runId };
    case 422:
      return trouble(422, misfits(body));
    case 400:
    case 413:
    case 429:
      return trouble(answer.status, html`Nothing was sent: ${String(body.error)}.`);
    default:
      return trouble(
        503,
        html`Nothing was sent: the stage’s store or queue does not answer. Try again in a moment.`,
      );
  }
}

function misfits({ error, problems }: JsonObject): Html {
  const rows = (Array.isArray(problems) ? problems : []).filter(isObject);
  return html`Nothing was sent: ${String(error)}.<ul>${rows.map(({ pointer, message }) => html`<li><code>${String(pointer)}</code> ${String(message)}</li>`)}</ul>`;
}

function runLink(id: string): Html {
  return html`<a href="/runs/${id}">run <code>${id}</code></a>`;
}

function trouble(status: 400 | 409 | 413 | 422 | 429 | 503, what: Html): TestEventTrouble {
  return { kind: "trouble", status, said: html`<div class="notice bad" role="alert">${what}</div>` };
}
