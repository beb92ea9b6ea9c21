import { createInputCatalog, createWorkflowTexts } from "../adapters/catalog-file.ts";
import { compileWorkflows } from "../build/compile-workflows.ts";
import { isDeployedTo, type Workflow } from "../core/workflow.ts";
import { catalogFolder, LOCAL_STAGE } from "../local/local-names.ts";
import { findStack } from "../local/stack-file.ts";
import type { HistoryOptions } from "./history.ts";

/**
 * The workflows of a stage: those that the running local stack serves; where none runs, and of a deployed one, the files here that are
 * meant for it.
 * @throws FlowError `config_error` when neither is there.
 */
export async function stageWorkflows({ stage, data }: HistoryOptions): Promise<readonly Workflow[]> {
  if (stage !== LOCAL_STAGE || !isRunning(data))
    return (await compileWorkflows("workflows")).workflows.filter((one) => isDeployedTo(stage, one));
  const folder = catalogFolder(data);
  const texts = createWorkflowTexts(`${folder}/workflows`);
  return createInputCatalog(`${folder}/inputs.json`)
    .all()
    .flatMap(({ name }) => texts.current(name) ?? []);
}

function isRunning(data: string): boolean {
  try {
    findStack(data);
    return true;
  } catch {
    return false;
  }
}
