import { columns } from "../columns.ts";
import type { WorkflowTemplate } from "./workflow-template.ts";

/** A workflow that was made. */
export interface MadeWorkflow {
  readonly name: string;
  readonly template: WorkflowTemplate;
  readonly secrets: readonly string[];
  /** The workflow, its tests and its event. */
  readonly files: readonly string[];
}

/** A line for each template: its name and what it is for. */
export function templateLines(templates: readonly WorkflowTemplate[]): readonly string[] {
  return columns(templates.map(({ name, description }) => [name, description]));
}

/** What was made, and what to do with it. */
export function nextSteps(made: MadeWorkflow): string {
  const { name, template, files } = made;
  const [workflow = "", , event = ""] = files;
  const values = neededNames(made).map((one) => `${one}=…`);
  const calls =
    template.input === "cron"
      ? [`npx hookline run ${workflow} --event ${event}`]
      : [
          "npm start, and in a second terminal:",
          template.preset === undefined
            ? `  curl -H 'content-type: application/json' -d @${event} "$(npx hookline url ${name})"`
            : `  npx hookline send ${template.preset} --workflow ${name}`,
        ];
  return [
    "Made:",
    ...files.map((file) => `  ${file}`),
    "",
    "Next:",
    ...(values.length === 0 ? [] : ["  put values into .env:", ...values.map((line) => `    ${line}`)]),
    `  npx hookline check ${workflow}`,
    `  npx hookline test ${workflow}`,
    ...calls.map((line) => `  ${line}`),
  ].join("\n");
}

/** What a made workflow is as JSON. */
export function madeView(made: MadeWorkflow) {
  return {
    name: made.name,
    template: made.template.name,
    files: made.files,
    environment: neededNames(made),
  };
}

/** Names that have no value yet. */
function neededNames({ template, secrets }: MadeWorkflow): readonly string[] {
  const own = template.environment.filter((one) => one.default === undefined).map(({ name }) => name);
  return [...new Set([...own, ...secrets])];
}
