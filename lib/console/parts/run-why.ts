import { html } from "hono/html";
import type { RunExplanation } from "../../app/explain-run.ts";
import type { JournalEntry } from "../../core/journal.ts";
import type { Html } from "./html.ts";
import { when } from "./measures.ts";
import { stepPart } from "./step-part.ts";

/** Why a run stands as it does, and the step that is to blame; of a run that went well, a word. */
export function runWhy({ run, why, until, step }: RunExplanation, entry: JournalEntry | undefined): Html {
  if (run.status === "succeeded" && step === null) return html`<p id="why" data-rev="${why}">${why}</p>`;
  const tone = run.status === "failed" ? "bad" : "";
  return html`<section class="card ${tone}" id="why" data-rev="${why}" aria-labelledby="why-title"><h2 id="why-title">What happened</h2><p>${why}</p>${
    until === null ? "" : html`<p>It goes on at ${when(Date.parse(until))}.</p>`
  }${step && run.status === "failed" ? html`<details open><summary>Step ${step.id}, line by line</summary>${stepPart(step, entry)}</details>` : ""}</section>`;
}
