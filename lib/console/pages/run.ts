import { html } from "hono/html";
import { describeRun } from "../../app/describe-run.ts";
import { explainRun } from "../../app/explain-run.ts";
import { outlineRun } from "../../app/outline-run.ts";
import { showRun } from "../../app/show-run.ts";
import { readBody } from "../../core/event-body.ts";
import { isFinal } from "../../core/run.ts";
import type { AddPage } from "../console-app.ts";
import { explainerOf } from "../explainer.ts";
import { answerPage } from "../layout.ts";
import { jsonView } from "../parts/json-view.ts";
import { runActions } from "../parts/run-actions.ts";
import { runFacts } from "../parts/run-facts.ts";
import { runWhy } from "../parts/run-why.ts";
import { statusBadge } from "../parts/status-badge.ts";
import { stepRows } from "../parts/step-rows.ts";
import { troublePage } from "../trouble.ts";

// The loader takes more; their page would be long, and steps inside others are behind their own.
const MOST_STEPS = 500;
const REFRESH_SECONDS = 2;

/** One run: what it is, what to do about it, its steps. */
export const addRunPage: AddPage = (app, stage) => {
  app.get("/runs/:id", async (context) => {
    const shown = await showRun(stage.operator, context.req.param("id"));
    if (!shown)
      return troublePage(context, 404, "There is no such run", "Its history is deleted, or the link is cut.");
    const { run: record, version } = shown;
    const run = describeRun(record);
    const explanation = await explainRun(explainerOf(stage, version), record);
    const blamed = record.journal.findLast(({ path }) => path === explanation.step?.path);
    const outline = outlineRun(record.journal, "", { from: 0, limit: MOST_STEPS });
    return answerPage(context, {
      title: `${run.workflow} ${run.status}`,
      section: "/runs",
      refreshSeconds: isFinal(run.status) ? undefined : REFRESH_SECONDS,
      main: html`<div id="head" data-rev="${run.status}" data-announce="The run is ${run.status}."><h1>${run.workflow} ${statusBadge(run.status)}</h1><p><code>${run.run_id}</code></p></div>
<div id="actions" data-rev="${run.status}">${runActions(context, run)}</div>
${runWhy(explanation, blamed)}
${runFacts(run, record.delivery)}
<section aria-labelledby="steps-title"><h2 id="steps-title">Steps</h2>${stepRows(run.run_id, outline)}</section>
<details class="card"><summary>Event</summary>${jsonView(readBody(record.event))}<p class="quiet">Request</p>${jsonView({ ...record.event.request })}</details>
<details class="card"><summary>${run.status === "succeeded" ? "Output" : "State"}</summary>${jsonView(run.status === "succeeded" ? run.output : run.state)}</details>`,
    });
  });
};
