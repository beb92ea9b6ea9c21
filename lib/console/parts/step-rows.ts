import { html } from "hono/html";
import type { Outline, OutlineRow, TimeSpan } from "../../app/outline-run.ts";
import { duration } from "../../core/duration.ts";
import type { Html } from "./html.ts";
import { counted, money } from "./measures.ts";
import { statusBadge } from "./status-badge.ts";
import { spanOf, timeTrack } from "./time-track.ts";

/** The steps of one level. Each opens to what it did, which is asked for when it is opened. */
export function stepRows(runId: string, { rows, total }: Outline): Html {
  if (total === 0) return html`<p class="empty">Nothing was recorded yet.</p>`;
  const whole = spanOf(rows.flatMap(({ spans }) => spans));
  return html`<ol class="steps">${rows.map((row) => stepRow(runId, row, whole))}</ol>`;
}

function stepRow(runId: string, row: OutlineRow, whole: TimeSpan | undefined): Html {
  const { path, entry, steps, failed, earlier } = row;
  const href = `/runs/${runId}/steps/${encodeURIComponent(path)}`;
  const rev = `${entry?.status} ${earlier} ${steps}`;
  const notes = [
    ...(entry ? [duration(entry.durationMs)] : []),
    ...(entry && entry.attempts > 1 ? [counted(entry.attempts, "attempt")] : []),
    ...(entry?.usage?.cost_usd ? [money(entry.usage.cost_usd)] : []),
    ...(entry?.note === undefined ? [] : [entry.note]),
    ...(steps === 0 ? [] : [`${counted(steps, "step")} inside`]),
    ...(failed === 0 ? [] : [`${failed} failed`]),
  ];
  return html`<li id="step-${path}" data-rev="${rev}"><details data-src="${href}"><summary><span class="place">${path}</span>${
    entry
      ? statusBadge(entry.status)
      : statusBadge(failed > 0 ? "failed" : "ok", failed > 0 ? "failed" : "steps")
  }<span class="what"><strong>${entry?.id ?? groupName(path)}</strong>${entry ? html` <span class="quiet">${entry.type}</span>` : ""}</span><span class="quiet notes">${notes.join(" · ")}</span>${
    whole
      ? html`<span class="track" id="track-${path}" data-rev="${whole.from} ${whole.to} ${rev}">${timeTrack(row.spans, whole, failed > 0 || entry?.status === "failed" ? "bad" : "good")}</span>`
      : ""
  }${
    entry?.error ? html`<span class="why"><b>${entry.error.class}</b> ${entry.error.message}</span>` : ""
  }</summary><p><a href="${href}">What it did</a></p></details></li>`;
}

function groupName(path: string): string {
  const [last = "", before] = path.split(".").reverse();
  return before === "items" ? `item ${last}` : last;
}
