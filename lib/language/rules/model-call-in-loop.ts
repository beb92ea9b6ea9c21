import { parsePath } from "../../core/path.ts";
import { everyStep, type FlowStep, type PathWrite } from "../flow/flow-step.ts";
import { isPrefix } from "../flow/key-shape.ts";
import { stateKeys } from "../flow/step-writes.ts";
import type { CheckedFile, Rule } from "../rule.ts";
import { child } from "../yaml-node.ts";

/** Loops over lists of any length that ask a model for each item. */
export const modelCallInLoop: Rule = {
  id: "model-call-in-loop",
  severity: "warning",
  area: "cost",
  summary: "Loops that ask a model have a limit",
  why: "The list's length decides the bill: an event with ten thousand items asks ten thousand times.",
  *check(file) {
    for (const loop of file.flow.all) {
      const block = loop.blocks.find(({ repeats }) => repeats);
      if (!block || isBounded(loop, file)) continue;
      const asking = [...everyStep(block.steps)].find(
        ({ definition }) => definition.facts?.asksModelOf !== undefined,
      );
      if (!asking) continue;
      yield {
        at: (child(loop.node, "input_from") ?? loop.node).at,
        message: `the ${asking.step.type} on line ${file.lineOf(asking.node.at)} is asked once for each item of "${loop.step.inputFrom}", however many there are`,
        hint: `cut the list first: { type: jq, query: ".${loop.step.inputFrom}[:50]", output_to: … }`,
      };
    }
  },
};

/** The list is the file's own, was cut by a program before, or the whole step depends on a condition about a number. */
function isBounded({ step, reads }: FlowStep, { flow, reads: resolved }: CheckedFile): boolean {
  const source = reads.find(({ how }) => how === "input");
  if (!source || step.inputFrom === undefined) return true;
  if (flow.event && Object.hasOwn(flow.event, parsePath(step.inputFrom)[0] ?? "")) return true;
  const found = resolved.find(({ read }) => read === source);
  if (!found || found.isOpen || found.isVariable) return true;
  const path = stateKeys(source.path);
  const writers = found.writes.filter((write) => isPrefix(write.path, path));
  return comparesNumbers(flow.all) || (writers.length > 0 && writers.every(isCut));
}

/** A slice, `limit`, `first`; Python may do anything. SOQL has LIMIT. */
function isCut({ step: { program, definition, step } }: PathWrite): boolean {
  if (definition.facts?.programs && "code" in definition.facts.programs) return true;
  if (/\[[^\]]*:[^\]]*\]|\b(?:limit|first|last|nth|range)\b/.test(program)) return true;
  const { soql } = step.params;
  return typeof soql === "string" && /\blimit\s+\d+/i.test(soql);
}

/** Somewhere a condition compares by size: a length was worked out and is looked at. */
function comparesNumbers(steps: readonly FlowStep[]): boolean {
  return steps.some(({ reads }) => reads.some(({ op }) => op === "lt" || op === "lte"));
}
