import { html } from "hono/html";
import { explainStep } from "../../app/explain-run.ts";
import { outlineRun } from "../../app/outline-run.ts";
import { showRun } from "../../app/show-run.ts";
import type { AddPage } from "../console-app.ts";
import { explainerOf } from "../explainer.ts";
import { answerPage } from "../layout.ts";
import { pager } from "../parts/pager.ts";
import { queryLink } from "../parts/query-link.ts";
import { stepPart } from "../parts/step-part.ts";
import { stepRows } from "../parts/step-rows.ts";
import { troublePage } from "../trouble.ts";

const ROWS = 100;

/** One step of a run, or a group of steps: an item of a loop, a branch. The run's page opens it in place. */
export const addStepPage: AddPage = (app, stage) => {
  app.get("/runs/:id/steps/:path", async (context) => {
    const { id, path } = context.req.param();
    const { run: record, version } = (await showRun(stage.operator, id)) ?? {};
    const from = Math.max(0, Math.floor(Number(context.req.query("from") ?? 0)) || 0);
    const entry = record?.journal.findLast((one) => one.path === path);
    const outline = record && outlineRun(record.journal, path, { from, limit: ROWS });
    if (!record || !outline || (!entry && outline.total === 0))
      return troublePage(
        context,
        404,
        "There is no such step",
        "The run has not recorded one at this place.",
      );
    const step = entry && (await explainStep(explainerOf(stage, version), record, { path, id: entry.id }));
    const here = `/runs/${id}/steps/${encodeURIComponent(path)}`;
    return answerPage(context, {
      title: `Step ${path}`,
      section: "/runs",
      main: html`<p><a href="/runs/${id}">${record.workflow} <code>${id}</code></a></p>
<h1>${entry ? entry.id : "Steps"} <span class="quiet">${path}</span></h1>
<div data-part="step">${step ? stepPart(step, entry) : ""}
${
  outline.total === 0
    ? ""
    : html`${stepRows(id, outline)}${pager({
        first: from > 0 ? here : undefined,
        next: from + ROWS < outline.total ? queryLink(here, { from: String(from + ROWS) }) : undefined,
      })}`
}</div>`,
    });
  });
};
