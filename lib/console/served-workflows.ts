import { isDeployedTo } from "../core/workflow.ts";
import type { ConsoleStage } from "./console-stage.ts";

/** Names of the workflows that are deployed to the stage, in order. */
export function servedWorkflows({ name: stage, inputs }: ConsoleStage): readonly string[] {
  return inputs
    .all()
    .filter((input) => isDeployedTo(stage, input))
    .map(({ name }) => name)
    .sort();
}
