import type { Explainer } from "../app/explain-run.ts";
import type { Workflow } from "../core/workflow.ts";
import { stepTypes } from "../steps/registry.ts";
import type { ConsoleStage } from "./console-stage.ts";

/** What runs of the stage are explained with. Values of the environment stay names: the console has no right to them. */
export function explainerOf({ operator: { clock } }: ConsoleStage, version: Workflow | undefined): Explainer {
  return { version, steps: stepTypes, now: clock.now() };
}
