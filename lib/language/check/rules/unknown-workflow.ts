import { nameHint } from "../../nearest-name.ts";
import type { Rule } from "../../rule.ts";
import { noWorkflow } from "../../unknown-workflows.ts";
import { child } from "../../yaml-node.ts";

/** Steps that run a workflow of which there is no file beside this one. */
export const unknownWorkflow: Rule = {
  id: "unknown-workflow",
  severity: "warning",
  area: "correctness",
  summary: "A workflow that a step runs is one of the folder's",
  why: "The step fails wherever the stage has none of that name.",
  async *check({ workflow, flow, services: { workflowNames } }) {
    const starting = flow.all.filter(({ definition }) => definition.startsRuns);
    if (starting.length === 0 || !workflowNames) return;
    const known = [workflow.name, ...(await workflowNames())];
    for (const { step, node } of starting) {
      const { name } = step.params;
      // A name with a placeholder is known only when it runs.
      if (typeof name !== "string" || name.includes("${") || known.includes(name)) continue;
      const others = known.filter((one) => one !== workflow.name);
      yield { at: (child(node, "name") ?? node).at, message: noWorkflow(name), hint: nameHint(name, others) };
    }
  },
};
