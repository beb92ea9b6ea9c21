import { dirname, join } from "node:path";
import { FlowError } from "../core/flow-error.ts";
import type { Workflow } from "../core/workflow.ts";
import { loadWorkflow } from "../language/load-workflow.ts";
import { formatProblem } from "../language/problem.ts";
import { filesBeside } from "./files-beside.ts";
import { readWorkflowFile } from "./read-workflow-file.ts";

const NAME = /^[a-z][a-z0-9-]{0,62}$/;

/**
 * The workflows that `run_workflow` finds for a file: itself, and `<name>.yaml` beside it, each read once.
 * The function throws FlowError `config_error` for a name without a file, and for a file with an error.
 */
export function workflowsBeside(workflow: Workflow): (name: string) => Workflow {
  const known = new Map([[workflow.name, workflow]]);
  return (name) => {
    const found = known.get(name) ?? read(name, join(dirname(workflow.file), `${name}.yaml`));
    known.set(name, found);
    return found;
  };
}

function read(name: string, file: string): Workflow {
  const content = NAME.test(name) ? readWorkflowFile(file) : undefined;
  if (!content || "problem" in content) {
    throw new FlowError("config_error", `there is no workflow ${name} here: it is looked for in ${file}`);
  }
  const { workflow, problems } = loadWorkflow(content.text, file, undefined, filesBeside(file));
  const error = problems.find(({ severity }) => severity === "error");
  if (!workflow || error) {
    throw new FlowError("config_error", error ? formatProblem(error) : `${file} holds no workflow`);
  }
  if (workflow.name !== name) {
    throw new FlowError(
      "config_error",
      `${file} holds the workflow ${workflow.name}: in a stage there is none of the name ${name}`,
    );
  }
  return workflow;
}
