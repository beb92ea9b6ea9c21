import { html } from "hono/html";
import { readOverview, windowUntil } from "../../app/overview.ts";
import type { AddPage } from "../console-app.ts";
import { answerPage } from "../layout.ts";
import type { Html } from "../parts/html.ts";
import { periodOf } from "../parts/periods.ts";
import { workflowNumbers } from "../parts/workflow-numbers.ts";
import { servedWorkflows } from "../served-workflows.ts";
import { noNumbers, stageNumbers } from "../stage-numbers.ts";

/** CloudWatch bills what is asked for. */
const REFRESH_SECONDS = 300;

/** The workflows of the stage, each with what happened lately. */
export const addWorkflowsPage: AddPage = (app, stage) => {
  app.get("/workflows", async (context) => {
    const names = servedWorkflows(stage);
    const { ms, label } = periodOf("day");
    const window = windowUntil(stage.operator.clock.now(), ms);
    const numbers = await stageNumbers(stage, (metrics) => readOverview(metrics, names, window));
    const linkOf = (name: string) => `/workflows/${name}`;
    return answerPage(context, {
      title: "Workflows",
      section: "/workflows",
      refreshSeconds: REFRESH_SECONDS,
      main: html`<h1>Workflows</h1>
${names.length === 0 ? html`<p class="empty">No workflow is deployed to this stage.</p>` : ""}
${numbers ? workflowNumbers(numbers.workflows, label, linkOf) : html`${noNumbers}${namesAlone(names, linkOf)}`}`,
    });
  });
};

function namesAlone(names: readonly string[], linkOf: (name: string) => string): Html {
  return html`<ul>${names.map((name) => html`<li><a href="${linkOf(name)}">${name}</a></li>`)}</ul>`;
}
