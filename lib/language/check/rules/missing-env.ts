import { isDeployedTo } from "../../../core/workflow.ts";
import type { Rule } from "../../rule.ts";

/** Names that have no value in the stage that was asked for. */
export const missingEnv: Rule = {
  id: "missing-env",
  severity: "error",
  area: "correctness",
  summary: "Every name of the environment that the file needs has a value in the stage",
  why: "The run fails before its first step.",
  *check({ workflow, flow, root, services: { stage } }) {
    if (!stage || !isDeployedTo(stage.name, workflow)) return;
    const reads = [
      ...flow.all.flatMap(({ environment }) => environment),
      ...(flow.output?.environment ?? []),
    ];
    for (const { name, required } of workflow.environment) {
      if (!required || stage.has(name)) continue;
      yield {
        at: reads.find((read) => read.name === name)?.at ?? root.at,
        message: `"${name}" has no value in stage ${stage.name}, and no default`,
        hint: `put it into .env.${stage.name}, or into the stage's secret`,
      };
    }
  },
};
