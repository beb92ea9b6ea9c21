import { html } from "hono/html";
import { diffValues } from "../../app/diff-values.ts";
import type { ExplainedStep } from "../../app/explain-run.ts";
import { applyPatch, type JournalEntry } from "../../core/journal.ts";
import { stepTypes } from "../../steps/registry.ts";
import { changeTable } from "./change-table.ts";
import type { Html } from "./html.ts";
import { jsonView } from "./json-view.ts";
import { paramsView } from "./params-view.ts";
import { sourceLines } from "./source-lines.ts";
import { stepTries } from "./step-tries.ts";

/** Lines of the file that are shown around a step. */
const LINES_AROUND = 6;

/** What a step was given and what it did: attempts, inputs, the change of the state, its lines of the file. */
export function stepPart(step: ExplainedStep, entry: JournalEntry | undefined): Html {
  const { inputs, note, output, source, tries, type } = step;
  const definition = stepTypes.get(type);
  const given = definition?.facts?.asksModelOf
    ? "Prompt"
    : definition?.effect
      ? "Request"
      : "What it was given";
  const hasFailed = tries.at(-1)?.error != null;
  const isOpen = definition?.effect || hasFailed;
  const lines = source
    ? html`<details${hasFailed ? html` open` : ""}><summary>Its lines of the file</summary>${sourceLines(source, LINES_AROUND)}</details>`
    : "";
  const changes =
    inputs && entry ? diffValues(inputs.state, applyPatch(inputs.state, entry.patch)) : undefined;
  return html`${stepTries(tries)}
${hasFailed ? lines : ""}
${changes && (changes.length > 0 || !hasFailed) ? changeTable(changes, "State before and after") : ""}
${
  inputs
    ? html`<details${isOpen ? html` open` : ""}><summary>${given}</summary>${paramsView(inputs.params)}${
        inputs.input === undefined ? "" : html`<p class="quiet">Its input:</p>${jsonView(inputs.input)}`
      }</details>`
    : ""
}
${output && definition?.effect ? html`<details open><summary>Answer, written to <code>${output.path}</code></summary>${jsonView(output.value)}</details>` : ""}
${inputs ? html`<details><summary>State before</summary>${jsonView(inputs.state)}</details>` : ""}
${note === null ? "" : html`<p class="quiet">${note}</p>`}
${hasFailed ? "" : lines}`;
}
