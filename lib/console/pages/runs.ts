import { html } from "hono/html";
import { findRuns } from "../../app/find-runs.ts";
import { RUN_STATUSES, type RunSummary } from "../../core/run.ts";
import type { AddPage } from "../console-app.ts";
import type { ConsoleStage } from "../console-stage.ts";
import { answerPage } from "../layout.ts";
import { filterForm, optionsOf } from "../parts/filter-form.ts";
import { listEnd } from "../parts/list-end.ts";
import { readCursor } from "../parts/page-cursor.ts";
import { PERIOD_OPTIONS, periodOf } from "../parts/periods.ts";
import { runsTable } from "../parts/runs-table.ts";
import { choiceOf } from "../served-workflows.ts";

const PAGE = 50;
// A filter that fits few runs is looked for among so many of them at a time, so that no page is slow.
const MOST_LOOKS = 10_000;
const REFRESH_SECONDS = 5;
const NOTHING_FOUND = html`<p class="empty">No run is found by that. It may be a run’s id or its first 8 characters or more, or the whole value of <code>input.dedupe.key</code> while its window lasts; not a word of an event.</p>`;

/** The runs of the stage, newest first. */
export const addRunsPage: AddPage = (app, stage) => {
  app.get("/runs", async (context) => {
    const { names, workflow, shown } = choiceOf(stage, context.req.query("workflow"));
    const status = RUN_STATUSES.find((one) => one === context.req.query("status"));
    const period = periodOf(context.req.query("period"));
    const after = readCursor(context.req.query("after"));
    const text = context.req.query("text")?.trim() ?? "";
    const filter = filterForm("/runs", [
      { name: "workflow", label: "Workflow", options: optionsOf("All", names), value: workflow },
      { name: "status", label: "Status", options: optionsOf("Any", RUN_STATUSES), value: status },
      { name: "period", label: "Time", options: PERIOD_OPTIONS, value: period.name },
      { name: "text", label: "Find", value: text, placeholder: "run id, its beginning, or a business key" },
    ]);
    if (text !== "") {
      const [run, ...others] = await search(stage, shown, text);
      if (run && others.length === 0) return context.redirect(`/runs/${run.runId}`, 303);
      return answerPage(context, {
        title: "Runs",
        section: "/runs",
        main: html`<h1>Runs</h1>${filter}${run ? runsTable([run, ...others], `Runs that were found, newest first, at most ${PAGE}`) : NOTHING_FOUND}`,
      });
    }
    const now = stage.operator.clock.now();
    const { runs, next } = await stage.operator.store.page(
      {
        workflows: shown,
        ...(status && { status }),
        ...(after && { after }),
        since: now - period.ms,
        until: now,
        limit: PAGE,
      },
      MOST_LOOKS,
    );
    const here = { workflow, status, period: period.name };
    return answerPage(context, {
      title: "Runs",
      section: "/runs",
      refreshSeconds: after ? undefined : REFRESH_SECONDS,
      main: html`<h1>Runs</h1>
${filter}
${runs.length === 0 ? html`<p class="empty">No runs here.</p>` : runsTable(runs, "Runs, newest first")}
${listEnd("/runs", here, { after, next, isFull: runs.length === PAGE })}`,
    });
  });
};

/** The runs of workflows that a text names, whenever they were and however they stand. */
function search(
  { operator, deliveries, inputs }: ConsoleStage,
  workflows: readonly string[],
  text: string,
): Promise<readonly RunSummary[]> {
  return findRuns(
    { store: operator.store, deliveries },
    { text, inputs: inputs.all().filter(({ name }) => workflows.includes(name)), limit: PAGE },
  );
}
