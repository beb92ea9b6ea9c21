import { html } from "hono/html";
import { describeRun } from "../../app/describe-run.ts";
import { outlineRun } from "../../app/outline-run.ts";
import { showRun } from "../../app/show-run.ts";
import { isFinal } from "../../core/run.ts";
import type { AddPage } from "../console-app.ts";
import { answerPage } from "../layout.ts";
import { jsonView } from "../parts/json-view.ts";
import { runActions } from "../parts/run-actions.ts";
import { runFacts } from "../parts/run-facts.ts";
import { statusBadge } from "../parts/status-badge.ts";
import { stepRows } from "../parts/step-rows.ts";
import { troublePage } from "../trouble.ts";

const STEPS = 200;
const REFRESH_SECONDS = 2;

/** One run: what it is, what to do about it, its steps. */
export const addRunPage: AddPage = (app, stage) => {
  app.get("/runs/:id", async (context) => {
    const record = await showRun(stage.operator, context.req.param("id"));
    if (!record) return troublePage(context, 404, "There is no such run", "Its history may be deleted, or the link is cut.");
    const run = describeRun(record);
    const delivery = (await stage.deliveries.factsOf([run.run_id])).get(run.run_id);
    const outline = outlineRun(record.journal, "", { from: 0, limit: STEPS });
    const shown = run.status === "succeeded" ? run.output : run.state;
    return answerPage(context, {
      title: `${run.workflow} ${run.status}`,
      section: "/runs",
      refreshSeconds: isFinal(run.status) ? undefined : REFRESH_SECONDS,
      main: html`<div id="head" data-rev="${run.status}" data-announce="The run is ${run.status}">
<h1>${run.workflow} ${statusBadge(run.status)}</h1>
<p><code>${run.run_id}</code></p></div>
${run.error ? html`<section class="card bad" aria-labelledby="why"><h2 id="why">Why it ${run.status === "failed" ? "failed" : "waits"}</h2><p><b>${run.error.class}</b>${run.error.step === null ? "" : html` at step <code>${run.error.step}</code>`}</p><p>${run.error.message}</p></section>` : ""}
${run.reason === null ? "" : html`<p class="notice">${run.reason}</p>`}
${runActions(context, run)}
${runFacts(run, delivery)}
<section aria-labelledby="steps-title"><h2 id="steps-title">Steps</h2>${stepRows(run.run_id, outline)}</section>
<details class="card"><summary>${run.status === "succeeded" ? "Output" : "State"}</summary>${jsonView(shown)}</details>`,
    });
  });
};
