import type { Rule } from "../../rule.ts";

/** Results that are merged into the state's root. */
export const inject: Rule = {
  id: "inject",
  severity: "warning",
  area: "reliability",
  summary: "Results have a place of their own",
  why: "inject: true lets the other side choose the keys: one of them can overwrite what the workflow relies on.",
  *check({ flow }) {
    for (const { step, node, definition } of flow.all) {
      if (!step.inject) continue;
      yield {
        at: node.entries?.get("inject")?.keyAt ?? node.at,
        message: `inject: true merges whatever this ${step.type} gives into the state's root`,
        hint: `write output_to: ${definition.defaultOutput ?? "result"} and read its parts from there`,
      };
    }
  },
};
