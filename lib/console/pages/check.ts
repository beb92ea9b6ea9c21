import { html } from "hono/html";
import type { AddPage } from "../console-app.ts";
import { answerPage } from "../layout.ts";
import { checklistPart } from "../parts/checklist-part.ts";
import { problemList } from "../parts/problem-list.ts";
import { sourceLines } from "../parts/source-lines.ts";
import { servedInput, servedWorkflows } from "../served-workflows.ts";
import { troublePage } from "../trouble.ts";

/** What `hookline check` says of the version that is deployed: problems with their lines, and the production checklist. */
export const addCheckPage: AddPage = (app, stage) => {
  app.get("/workflows/:name/check", async (context) => {
    const name = context.req.param("name");
    const current = servedInput(stage, name) && stage.operator.catalog.current(name);
    if (!current)
      return troublePage(context, 404, "There is no such workflow", "It is not deployed to this stage.");
    const { file, source, input } = current;
    const title = `Check of ${name}`;
    const head = html`<p><a href="/workflows/${name}">${name}</a></p><h1>Check</h1>`;
    if (source === undefined) {
      const main = html`${head}<p class="empty">The text of this version’s file was not kept.</p>`;
      return answerPage(context, { title, section: "/workflows", main });
    }
    // What reads YAML and judges it is for this page only.
    const [{ checkWorkflow }, { ruleTexts }] = await Promise.all([
      import("../../language/check/check-workflow.ts"),
      import("../../language/check/rule-texts.ts"),
    ]);
    const { problems, switchedOff, checklist } = await checkWorkflow(source, file, {
      // The one file that a workflow reads beside itself is its input's schema, which the version holds.
      beside: () =>
        input.type === "http_webhook" && input.schema ? JSON.stringify(input.schema) : undefined,
      workflowNames: async () => servedWorkflows(stage),
    });
    const marks = new Map<number, string>();
    for (const { line, severity, id } of problems)
      marks.set(line, [marks.get(line) ?? [], `${severity} ${id}`].flat().join(", "));
    return answerPage(context, {
      title,
      section: "/workflows",
      main: html`${head}
${problemList(problems, new Map(ruleTexts().map((rule) => [rule.id, rule])))}
${switchedOff > 0 ? html`<p class="quiet">${switchedOff} switched off by comments of the file.</p>` : ""}
${checklistPart(checklist)}
${sourceLines({ file, text: source, marks })}`,
    });
  });
};
