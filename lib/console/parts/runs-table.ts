import { html } from "hono/html";
import { duration } from "../../core/duration.ts";
import type { RunSummary } from "../../core/run.ts";
import type { Html } from "./html.ts";
import { money, when } from "./measures.ts";
import { statusBadge } from "./status-badge.ts";

/** Runs as a table. */
export function runsTable(runs: readonly RunSummary[], caption: string): Html {
  return html`<table class="list"><caption>${caption}</caption>
<thead><tr><th scope="col">Status</th><th scope="col">Run</th><th scope="col">Created</th><th scope="col" class="wide number">Took</th><th scope="col" class="wide number">Cost</th></tr></thead>
<tbody>${runs.map(rowOf)}</tbody></table>`;
}

function rowOf({ runId, workflow, status, createdAt, finishedAt, costUsd, error }: RunSummary): Html {
  return html`<tr id="run-${runId}" data-rev="${status}"><td>${statusBadge(status)}</td>
<td><a href="/runs/${runId}"><strong>${workflow}</strong> <code>${runId}</code></a>${
    error ? html`<p class="why"><b>${error.class}</b> ${error.message}</p>` : ""
  }</td>
<td>${when(createdAt)}</td>
<td class="wide number">${finishedAt === undefined ? "–" : duration(finishedAt - createdAt)}</td>
<td class="wide number">${costUsd > 0 ? money(costUsd) : ""}</td></tr>`;
}
