import { html } from "hono/html";
import { readModelCosts } from "../../app/model-costs.ts";
import { type Overview, readOverview, windowUntil } from "../../app/overview.ts";
import type { RunSummary } from "../../core/run.ts";
import type { AddPage } from "../console-app.ts";
import { answerPage } from "../layout.ts";
import { filterForm, optionsOf } from "../parts/filter-form.ts";
import type { Html } from "../parts/html.ts";
import { modelCosts } from "../parts/model-costs.ts";
import { overviewCharts } from "../parts/overview-charts.ts";
import { PERIOD_OPTIONS, periodOf } from "../parts/periods.ts";
import { queryLink } from "../parts/query-link.ts";
import { runsTable } from "../parts/runs-table.ts";
import { workflowNumbers } from "../parts/workflow-numbers.ts";
import { choiceOf } from "../served-workflows.ts";
import { noNumbers, stageNumbers } from "../stage-numbers.ts";

const MOST_FAILURES = 5;
// CloudWatch bills each series that is asked for: a page that stays open asks no more often than this.
const LONGEST_REFRESH_SECONDS = 300;

/** What happened to the stage's events, in numbers, in all or of one workflow; and which runs failed last. */
export const addOverviewPage: AddPage = (app, stage) => {
  app.get("/", async (context) => {
    const { names, workflow, shown } = choiceOf(stage, context.req.query("workflow"));
    const period = periodOf(context.req.query("period"), "day");
    const now = stage.operator.clock.now();
    const window = windowUntil(now, period.ms);
    const [overview, failures] = await Promise.all([
      stageNumbers(stage, (metrics) => readOverview(metrics, shown, window)),
      stage.operator.store.list({
        workflows: shown,
        status: "failed",
        since: window.from,
        until: now,
        limit: MOST_FAILURES,
      }),
    ]);
    const asksModels = workflow === undefined && (overview?.stage.total.inputTokens ?? 0) > 0;
    const models = asksModels
      ? await stageNumbers(stage, (metrics) => readModelCosts(metrics, window))
      : undefined;
    return answerPage(context, {
      title: "Overview",
      section: "/",
      refreshSeconds: Math.min(LONGEST_REFRESH_SECONDS, window.periodSeconds),
      main: html`<h1>Overview</h1>
${filterForm("/", [
  { name: "workflow", label: "Workflow", options: optionsOf("All", names), value: workflow },
  { name: "period", label: "Time", options: PERIOD_OPTIONS, value: period.name },
])}
${overview ? numbers(overview, workflow, (name) => queryLink("/", { workflow: name, period: period.name })) : noNumbers}
${models ? modelCosts(models) : ""}
${latestFailures(failures, queryLink("/runs", { workflow, status: "failed", period: period.name }))}`,
    });
  });
};

function numbers(
  { stage, workflows, window }: Overview,
  workflow: string | undefined,
  linkOf: (name: string) => string,
): Html {
  if (workflow === undefined)
    return html`${overviewCharts(stage, window)}${workflowNumbers(workflows, "By workflow", linkOf)}`;
  const [part] = workflows;
  return part ? overviewCharts(part, window) : "";
}

function latestFailures(runs: readonly RunSummary[], all: string): Html {
  if (runs.length === 0) return html`<p class="empty">No run failed in this time.</p>`;
  return html`<section aria-labelledby="failures-title"><h2 id="failures-title">Failed last</h2>${runsTable(runs, "Runs that failed, newest first")}<p><a href="${all}">All that failed</a></p></section>`;
}
