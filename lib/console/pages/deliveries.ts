import { html } from "hono/html";
import { type DeliverySummary, listDeliveries } from "../../app/list-deliveries.ts";
import { senderOf } from "../../app/sender-of.ts";
import { RECEIPT_OUTCOMES } from "../../core/ports/deliveries.ts";
import type { AddPage } from "../console-app.ts";
import { answerPage } from "../layout.ts";
import { filterForm, optionsOf } from "../parts/filter-form.ts";
import type { Html } from "../parts/html.ts";
import { listEnd } from "../parts/list-end.ts";
import { bytes, when } from "../parts/measures.ts";
import { readCursor } from "../parts/page-cursor.ts";
import { PERIOD_OPTIONS, periodOf } from "../parts/periods.ts";
import { statusBadge } from "../parts/status-badge.ts";
import { choiceOf } from "../served-workflows.ts";

const PAGE = 50;
// Where few runs came by webhooks, they are looked for among so many at a time.
const MOST_LOOKS = 10_000;
const REFRESH_SECONDS = 5;
const OUTCOMES = ["accepted", ...RECEIPT_OUTCOMES] as const;

/** What was sent to the stage's webhooks, and what became of it. */
export const addDeliveriesPage: AddPage = (app, stage) => {
  const { operator, deliveries } = stage;
  app.get("/deliveries", async (context) => {
    const { names, workflow, shown } = choiceOf(stage, context.req.query("workflow"));
    const outcome = OUTCOMES.find((one) => one === context.req.query("outcome"));
    const period = periodOf(context.req.query("period"));
    const after = readCursor(context.req.query("after"));
    const now = operator.clock.now();
    const { deliveries: found, next } = await listDeliveries(
      { store: operator.store, deliveries },
      {
        workflows: shown,
        ...(outcome && { outcome }),
        ...(after && { after }),
        since: now - period.ms,
        until: now,
        limit: PAGE,
      },
      MOST_LOOKS,
    );
    const here = { workflow, outcome, period: period.name };
    return answerPage(context, {
      title: "Deliveries",
      section: "/deliveries",
      refreshSeconds: after ? undefined : REFRESH_SECONDS,
      main: html`<h1>Deliveries</h1>
${filterForm("/deliveries", [
  { name: "workflow", label: "Workflow", options: optionsOf("All", names), value: workflow },
  { name: "outcome", label: "Outcome", options: optionsOf("Any", OUTCOMES), value: outcome },
  { name: "period", label: "Time", options: PERIOD_OPTIONS, value: period.name },
])}
${found.length === 0 ? html`<p class="empty">No deliveries here.</p>` : deliveriesTable(found)}
${listEnd("/deliveries", here, { after, next, isFull: found.length === PAGE })}`,
    });
  });
};

function deliveriesTable(found: readonly DeliverySummary[]): Html {
  return html`<table class="list"><caption>Deliveries, newest first</caption>
<thead><tr><th scope="col">Outcome</th><th scope="col">Workflow</th><th scope="col">Received</th><th scope="col" class="wide number">Size</th><th scope="col" class="wide">From</th></tr></thead>
<tbody>${found.map(rowOf)}</tbody></table>`;
}

function rowOf(delivery: DeliverySummary): Html {
  const { id, at, workflow, outcome, reason, status, bytes: size, runId, runStatus } = delivery;
  return html`<tr id="delivery-${id}" data-rev="${outcome} ${runStatus}"><td>${statusBadge(outcome)}</td>
<td><strong>${workflow}</strong>${
    runId === undefined
      ? html` <code>${id}</code>`
      : html` <a href="/runs/${runId}"><code>${runId}</code></a>${runStatus === undefined ? "" : html` ${statusBadge(runStatus)}`}`
  }${reason === undefined ? "" : html`<p class="why">${status === undefined ? "" : html`<b>${status}</b> `}${reason}</p>`}</td>
<td>${when(at)}</td><td class="wide number">${bytes(size)}</td><td class="wide">${senderOf(delivery)}</td></tr>`;
}
