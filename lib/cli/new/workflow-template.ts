import { readdirSync, readFileSync } from "node:fs";
import type { EnvironmentName, Input } from "../../core/workflow.ts";
import { loadWorkflow } from "../../language/load-workflow.ts";

/** A workflow to begin with, its tests and an event. Each template is a folder of files that work as they are. */
export interface WorkflowTemplate {
  readonly name: string;
  readonly description: string;
  readonly input: Input["type"];
  /** The service whose deliveries it takes, when it verifies them. */
  readonly preset?: string;
  readonly environment: readonly EnvironmentName[];
  readonly workflow: string;
  readonly test: string;
  readonly event: string;
}

const folder = new URL("../../../templates/", import.meta.url);

/** Every template: the blank one first, then by name. */
export function readTemplates(): readonly WorkflowTemplate[] {
  const names = readdirSync(folder).filter((name) => name !== "blank");
  return ["blank", ...names.sort()].map(readTemplate);
}

function readTemplate(name: string): WorkflowTemplate {
  const read = (file: string) => readFileSync(new URL(`${name}/${file}`, folder), "utf8");
  const text = read("workflow.yaml");
  const { workflow } = loadWorkflow(text, `templates/${name}/workflow.yaml`);
  if (!workflow) throw new Error(`the template ${name} does not load`);
  const { input } = workflow;
  return {
    name,
    description: workflow.description ?? "",
    input: input.type,
    ...(input.type === "http_webhook" && input.preset !== undefined && { preset: input.preset }),
    environment: workflow.environment,
    workflow: text,
    test: read("workflow.test.yaml"),
    event: read("workflow.event.json"),
  };
}
