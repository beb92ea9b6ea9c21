import type { Found, Rule } from "../../rule.ts";
import type { FlowBlock, FlowStep } from "../flow/flow-step.ts";

/** Steps that no run can come to. */
export const unreachableStep: Rule = {
  id: "unreachable-step",
  severity: "warning",
  area: "correctness",
  summary: "Every step can be reached",
  why: "A step that never runs is a mistake in the ones before it, or left over.",
  *check({ flow, lineOf }) {
    yield* unreachableIn(flow.steps, lineOf);
    yield* unreachableIn(flow.onFailure, lineOf);
  },
};

function* unreachableIn(steps: readonly FlowStep[], lineOf: (at: number) => number): Generator<Found> {
  for (const [index, one] of steps.entries()) {
    yield* unreachableBlocks(one.blocks, lineOf);
    for (const block of one.blocks) yield* unreachableIn(block.steps, lineOf);
    const next = steps[index + 1];
    if (!next || !alwaysEnds(one)) continue;
    const message = `this step is never reached: the ${one.step.type} on line ${lineOf(one.node.at)} ends every run that comes to it`;
    yield { at: next.node.at, message, hint: "remove what follows it, or give it a condition with when" };
    return;
  }
}

function* unreachableBlocks(blocks: readonly FlowBlock[], lineOf: (at: number) => number): Generator<Found> {
  const chosen = blocks.findIndex(({ always }) => always);
  if (chosen < 0) return;
  for (const { label, steps } of blocks.slice(chosen + 1)) {
    const [first] = steps;
    if (!first) continue;
    const before = blocks[chosen]?.steps[0];
    const line = before ? ` (line ${lineOf(before.node.at)})` : "";
    yield {
      at: first.node.at,
      message: `the branch ${label} is never taken: the one before it${line} has no condition that could fail`,
    };
  }
}

function alwaysEnds({ step, definition, blocks }: FlowStep): boolean {
  if (step.when) return false;
  if (definition.facts?.endsRun) return true;
  const chosen = blocks.findIndex(({ always }) => always);
  return chosen >= 0 && blocks.slice(0, chosen + 1).every(({ steps }) => steps.some(alwaysEnds));
}
