import { type InputEntry, isDeployedTo } from "../core/workflow.ts";
import type { ConsoleStage } from "./console-stage.ts";

/** Names of the workflows that are deployed to the stage, in order. */
export function servedWorkflows({ name: stage, inputs }: ConsoleStage): readonly string[] {
  return inputs
    .all()
    .filter((input) => isDeployedTo(stage, input))
    .map(({ name }) => name)
    .sort();
}

/** The input of a workflow that is deployed to the stage. */
export function servedInput({ name: stage, inputs }: ConsoleStage, name: string): InputEntry | undefined {
  return inputs.all().find((input) => input.name === name && isDeployedTo(stage, input));
}

/** Which workflows a list is of: the asked one where the stage serves it, else all. */
export function choiceOf(stage: ConsoleStage, asked: string | undefined) {
  const names = servedWorkflows(stage);
  const workflow = names.find((name) => name === asked);
  return { names, workflow, shown: workflow === undefined ? names : [workflow] };
}
