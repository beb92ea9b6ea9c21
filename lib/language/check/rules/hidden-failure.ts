import { formatPath, parsePath } from "../../../core/path.ts";
import type { Rule } from "../../rule.ts";
import { child } from "../../yaml-node.ts";
import type { FlowStep } from "../flow/flow-step.ts";

/** Failures that the file accepts and nothing ever looks at. */
export const hiddenFailure: Rule = {
  id: "hidden-failure",
  severity: "warning",
  area: "reliability",
  summary: "A failure that the file accepts is looked at",
  why: "The run succeeds, what the step should have done is missing, and nobody is told.",
  *check({ flow, readers }) {
    for (const one of flow.all) {
      // Whoever handles a failure already may accept a second one.
      if (one.inOnFailure) continue;
      const place = placeOfAcceptance(one);
      if (place === undefined) continue;
      const { outputTo } = one.step;
      if (one.writes.some(({ path }) => readers.isRead(path, one))) continue;
      yield {
        at: place,
        message: `a failure of this ${one.step.type} is accepted, and nothing reads ${outputTo === null ? "what became of it" : `"${outputTo}"`}`,
        hint: hintFor(one),
      };
    }
  },
};

function hintFor({ step: { outputTo, onError } }: FlowStep): string {
  if (outputTo === null) return "give it output_to and look at its result, or let it fail";
  const error = formatPath([...parsePath(outputTo), "error"]);
  if (onError === "continue_with_error") return `look at ${error} in a later step, or let it fail`;
  return `look at ${outputTo} in a later step${onError === "continue_with_null" ? ", where it is null then" : ""}, or let it fail`;
}

/** The key by which a step accepts its failure or that of its parts. */
function placeOfAcceptance({ step, node, definition, raw }: FlowStep): number | undefined {
  const keys = ["swallow_on_error", "drop_on_failure", "retry_propagate"];
  const key = keys.find((name) => node.entries?.has(name));
  const accepts = step.onError === "continue_with_null" || step.onError === "continue_with_error";
  // A default of the file is one decision, not one for each step.
  if (accepts && key !== undefined) return node.entries?.get(key)?.keyAt;
  if (!definition.facts?.toleratesFailures?.(raw)) return undefined;
  const keysOfParts = ["on_item_error", "tolerate", "on_branch_error"];
  return keysOfParts.map((name) => child(node, name)).find((found) => found !== undefined)?.at ?? node.at;
}
