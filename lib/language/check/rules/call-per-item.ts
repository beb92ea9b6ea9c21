import type { Rule } from "../../rule.ts";
import { child } from "../../yaml-node.ts";
import { everyStep, type FlowStep } from "../flow/flow-step.ts";

/** Loops that send each item to the same address. */
export const callPerItem: Rule = {
  id: "call-per-item",
  severity: "warning",
  area: "cost",
  summary: "What can be sent together is not sent one by one",
  why: "A call for each item is slow, meets rate limits, and may leave half of them done.",
  *check({ flow, lineOf }) {
    for (const loop of flow.all) {
      for (const { repeats, variable, steps } of loop.blocks) {
        if (!repeats || variable === undefined) continue;
        for (const one of everyStep(steps)) {
          const hint = one.definition.facts?.batchHint?.(one.raw);
          // An inner loop tells of its own steps; an address that depends on the item takes one item.
          if (hint === undefined || nearestLoop(one) !== loop || addressDepends(one)) continue;
          if (!one.reads.some(({ path }) => path[0] === variable)) continue;
          yield {
            at: (child(one.node, "type") ?? one.node).at,
            message: `${one.step.type} is called once for each item of the loop on line ${lineOf(loop.node.at)}, always at the same address`,
            hint,
          };
        }
      }
    }
  },
};

function nearestLoop({ parent }: FlowStep): FlowStep | undefined {
  if (!parent) return undefined;
  return parent.blocks.some(({ repeats }) => repeats) ? parent : nearestLoop(parent);
}

function addressDepends({ reads, definition }: FlowStep): boolean {
  return reads.some(({ parameter }) => definition.urls?.includes(parameter));
}
