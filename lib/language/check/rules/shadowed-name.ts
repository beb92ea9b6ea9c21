import { addToList } from "../../../core/add-to-list.ts";
import { READ_ONLY_NAMES } from "../../../core/reserved-names.ts";
import type { Rule } from "../../rule.ts";
import { child } from "../../yaml-node.ts";
import { everyStep, type FlowStep } from "../flow/flow-step.ts";

/** Two things under one name, of which only one can be read. */
export const shadowedName: Rule = {
  id: "shadowed-name",
  severity: "warning",
  area: "correctness",
  summary: "No name hides another one",
  why: "A reserved name wins over a key of the state, and a loop's variable over what was written under its name.",
  *check({ flow, root, lineOf }) {
    const payload = child(child(root, "input") ?? root, "payload");
    for (const [key, { keyAt }] of flow.event ? (payload?.entries ?? []) : []) {
      if (!READ_ONLY_NAMES.includes(key) || key === "error") continue;
      const hint = `choose another name, or read it as input.${key}`;
      yield { at: keyAt, message: `"${key}" of the payload is hidden by the reserved name`, hint };
    }
    const written = new Map<string, { step: FlowStep; at: number }[]>();
    for (const step of flow.all)
      for (const { path, at } of step.writes) {
        const [key = ""] = path;
        addToList(written, key, { step, at });
        if (key === "error" && !step.inOnFailure && flow.onFailure.length > 0) {
          const hint = "choose another key: on_failure reads it as state.error only";
          yield {
            at,
            message: `"error" is a reserved name in on_failure, which hides this value there`,
            hint,
          };
        }
      }
    for (const loop of flow.all) {
      for (const { variable, steps } of loop.blocks) {
        if (variable === undefined) continue;
        const at = child(loop.node, "var")?.at ?? loop.node.at;
        const outer = variablesAround(loop).includes(variable);
        if (outer) {
          yield {
            at,
            message: `the variable "${variable}" hides that of the loop around it`,
            hint: "give it a name with var",
          };
          continue;
        }
        const inside = new Set(everyStep(steps));
        const hidden = written.get(variable)?.find(({ step }) => !inside.has(step));
        if (!hidden) continue;
        yield {
          at,
          message: `the variable "${variable}" hides what line ${lineOf(hidden.at)} writes under this name`,
          hint: "give the variable another name with var",
        };
      }
    }
  },
};

function variablesAround({ parent }: FlowStep): readonly (string | undefined)[] {
  return parent ? [...parent.blocks.map(({ variable }) => variable), ...variablesAround(parent)] : [];
}
