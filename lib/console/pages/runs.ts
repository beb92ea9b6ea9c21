import { html } from "hono/html";
import { RUN_STATUSES } from "../../core/run.ts";
import type { AddPage } from "../console-app.ts";
import { answerPage } from "../layout.ts";
import { filterForm, optionsOf } from "../parts/filter-form.ts";
import { cursorText, readCursor } from "../parts/page-cursor.ts";
import { pager } from "../parts/pager.ts";
import { PERIOD_OPTIONS, periodOf } from "../parts/periods.ts";
import { queryLink } from "../parts/query-link.ts";
import { runsTable } from "../parts/runs-table.ts";
import { servedWorkflows } from "../served-workflows.ts";

const PAGE = 50;
const REFRESH_SECONDS = 5;

/** The runs of the stage, newest first. */
export const addRunsPage: AddPage = (app, stage) => {
  app.get("/runs", async (context) => {
    const names = servedWorkflows(stage);
    const workflow = names.find((name) => name === context.req.query("workflow"));
    const status = RUN_STATUSES.find((one) => one === context.req.query("status"));
    const period = periodOf(context.req.query("period"));
    const after = readCursor(context.req.query("after"));
    const now = stage.operator.clock.now();
    const found = await stage.operator.store.list({
      workflows: workflow === undefined ? names : [workflow],
      ...(status && { status }),
      ...(after && { after: { runId: after.id, createdAt: after.at } }),
      since: now - period.ms,
      until: now,
      limit: PAGE + 1,
    });
    const runs = found.slice(0, PAGE);
    const last = found.length > PAGE ? runs.at(-1) : undefined;
    const here = { workflow, status, period: period.name };
    return answerPage(context, {
      title: "Runs",
      section: "/runs",
      refreshSeconds: after ? undefined : REFRESH_SECONDS,
      main: html`<h1>Runs</h1>
${filterForm("/runs", [
  { name: "workflow", label: "Workflow", options: optionsOf("All", names), value: workflow },
  { name: "status", label: "Status", options: optionsOf("Any", RUN_STATUSES), value: status },
  { name: "period", label: "Time", options: PERIOD_OPTIONS, value: period.name },
])}
${runs.length === 0 ? html`<p class="empty">No runs here.</p>` : runsTable(runs, "Runs, newest first")}
${pager({
  first: after && queryLink("/runs", here),
  next: last && queryLink("/runs", { ...here, after: cursorText({ id: last.runId, at: last.createdAt }) }),
})}`,
    });
  });
};
