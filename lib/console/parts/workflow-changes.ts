import { html } from "hono/html";
import { diffWorkflows, type StepChange } from "../../app/diff-workflows.ts";
import type { Workflow } from "../../core/workflow.ts";
import { changeTable } from "./change-table.ts";
import type { Html } from "./html.ts";

/** What differs between two versions in what they do, step by step. */
export function workflowChanges(before: Workflow, after: Workflow): Html {
  const { settings, steps } = diffWorkflows(before, after);
  if (settings.length + steps.length === 0)
    return html`<p class="quiet">Both do the same: they differ in comments, layout or words only.</p>`;
  return html`${settings.length > 0 ? changeTable(settings, "Settings") : ""}${
    steps.length > 0 ? html`<ul class="changes">${steps.map(stepChange)}</ul>` : ""
  }`;
}

function stepChange({ kind, step, path, from, fields }: StepChange): Html {
  const place = from === undefined ? path : `${from} → ${path}`;
  return html`<li><p><b>${kind}</b> ${step} <code>${place}</code></p>${fields ? changeTable(fields, step) : ""}</li>`;
}
