import { html } from "hono/html";
import type { StepView } from "../../app/describe-run.ts";
import { duration } from "../../core/duration.ts";
import { facts } from "./facts.ts";
import type { Html } from "./html.ts";
import { jsonView } from "./json-view.ts";
import { counted, money, when } from "./measures.ts";
import { statusBadge } from "./status-badge.ts";

/** Every time that a step was begun, the last one first: attempts and their waits, logs, warnings, what a model took, the error. */
export function stepTries(tries: readonly StepView[]): Html {
  return html`<ol class="tries">${[...tries].reverse().map((one) => html`<li>${stepTry(one)}</li>`)}</ol>`;
}

function stepTry(one: StepView): Html {
  const { usage, error, failed_attempts: failed, logs, warnings, children } = one;
  return html`<p>${statusBadge(one.status)} ${when(Date.parse(one.started_at))} <span class="quiet">${duration(one.duration_ms)}, ${counted(one.attempts, "attempt")}${one.note === null ? "" : `, ${one.note}`}</span></p>
${failed.map(
  (attempt, index) =>
    html`<p class="quiet">Attempt ${index + 1}: ${attempt.class}${attempt.status === null ? "" : ` (${attempt.status})`}, then waited ${duration(attempt.wait_seconds * 1000)}</p>`,
)}
${error ? html`<p class="why"><b>${error.class}</b> ${error.message}</p>${Object.keys(error.details).length > 0 ? html`<details><summary>Details of the failure</summary>${jsonView(error.details)}</details>` : ""}` : ""}
${warnings.map((line) => html`<p class="notice"><span aria-hidden="true">!</span> ${line}</p>`)}
${logs.length === 0 ? "" : html`<pre tabindex="0" aria-label="Log">${logs.map(({ level, message }) => `${level === "info" ? "" : `${level}: `}${message}\n`)}</pre>`}
${
  usage
    ? facts([
        ["Model", html`<code>${usage.model}</code>`],
        [
          "Tokens in",
          `${usage.input_tokens}${usage.cached_tokens > 0 ? ` (${usage.cached_tokens} cached)` : ""}`,
        ],
        [
          "Tokens out",
          `${usage.output_tokens}${usage.reasoning_tokens > 0 ? ` (${usage.reasoning_tokens} reasoning)` : ""}`,
        ],
        ["Cost", usage.cost_usd === null ? "not known" : money(usage.cost_usd)],
      ])
    : ""
}
${one.saved_usd === null ? "" : html`<p class="quiet">From the cache: saved ${money(one.saved_usd)}.</p>`}
${children.map((id) => html`<p>Started run <a href="/runs/${id}"><code>${id}</code></a></p>`)}`;
}
