import type { StepNode, Workflow } from "../core/workflow.ts";

/** A step of a workflow and where it stands. */
export interface StepPlace {
  readonly node: StepNode;
  /** The step and label of the block around it; absent at the top. */
  readonly within?: { readonly step: StepNode; readonly label: string };
}

/** Every step of a workflow, those of blocks and of `on_failure` too, in the order of the file. */
export function nodesOf({ steps, onFailure }: Workflow): readonly StepPlace[] {
  return [...steps, ...onFailure].flatMap((node) => [{ node }, ...below(node)]);
}

function below(step: StepNode): readonly StepPlace[] {
  return Object.entries(step.blocks).flatMap(([label, nodes]) =>
    nodes.flatMap((node) => [{ node, within: { step, label } }, ...below(node)]),
  );
}
