import { createInputCatalog, createWorkflowTexts } from "../adapters/catalog-file.ts";
import { FlowError } from "../core/flow-error.ts";
import type { Workflow } from "../core/workflow.ts";
import { nameHint } from "../language/nearest-name.ts";
import { catalogFolder } from "../local/local-names.ts";

/** A workflow of the local stack. @throws FlowError `invalid_input` when it serves none of the name. */
export function servedWorkflow(name: string, dataFolder: string): Workflow {
  const folder = catalogFolder(dataFolder);
  const served = createInputCatalog(`${folder}/inputs.json`)
    .all()
    .map((one) => one.name);
  const workflow = served.includes(name)
    ? createWorkflowTexts(`${folder}/workflows`).current(name)
    : undefined;
  if (workflow) return workflow;
  const hint = nameHint(name, served);
  throw new FlowError(
    "invalid_input",
    `the local stack serves no workflow "${name}"${hint ? `; ${hint}` : ""}`,
  );
}
