import type { StepNode } from "../core/workflow.ts";
import type { StepsContext } from "./compile-steps.ts";
import type { YamlNode } from "./yaml-node.ts";

/** Checks what a step whose nested steps run in runs of their own cannot have: a time limit of its own, and steps that end the run well. */
export function checkDistributed(
  step: StepNode,
  node: YamlNode,
  { problems, types, origins }: Pick<StepsContext, "problems" | "types" | "origins">,
): void {
  const timeout = node.entries?.get("timeout");
  if (timeout && step.timeoutSeconds !== null)
    problems.error(
      "wrong-parameters",
      timeout.keyAt,
      `timeout: the items of ${step.id} run in other runs, which no time limit of this step ends`,
      "give the steps inside a timeout",
    );
  for (const inner of stepsBelow(step)) {
    if (types.get(inner.type)?.stopsRun)
      problems.error(
        "wrong-parameters",
        origins.get(inner)?.at ?? node.at,
        `${inner.type} ends this run, but the items of ${step.id} run in other runs`,
        "write mode: inline, or end the items with a filter",
      );
  }
}

function stepsBelow(step: StepNode): readonly StepNode[] {
  return Object.values(step.blocks)
    .flat()
    .flatMap((one) => [one, ...stepsBelow(one)]);
}
