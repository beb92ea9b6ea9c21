import type { Rule } from "../../rule.ts";
import { child } from "../../yaml-node.ts";
import type { Flow } from "../flow/build-flow.ts";
import { everyStep, type FlowStep, type PathWrite } from "../flow/flow-step.ts";
import { isPrefix } from "../flow/key-shape.ts";
import type { ResolvedRead } from "../flow/resolve-reads.ts";
import { stateKeys } from "../flow/step-writes.ts";

/** Loops over lists of any length that ask a model for each item. */
export const modelCallInLoop: Rule = {
  id: "model-call-in-loop",
  severity: "warning",
  area: "cost",
  summary: "Loops that ask a model have a limit",
  why: "The list's length decides the bill: an event with ten thousand items asks ten thousand times.",
  *check(file) {
    const { flow, lineOf } = file;
    const asking = flow.all.flatMap((loop) => {
      const block = loop.blocks.find(({ repeats }) => repeats);
      const step = block && [...everyStep(block.steps)].find(asksModel);
      return step ? [{ loop, step }] : [];
    });
    if (asking.length === 0 || flow.all.some(comparesSizes)) return;
    const resolved = new Map(file.reads.map((one) => [one.read, one]));
    for (const { loop, step } of asking) {
      const source = loop.reads.find(({ how }) => how === "input");
      const list = source && resolved.get(source);
      if (!list || isBounded(list, flow)) continue;
      yield {
        at: (child(loop.node, "input_from") ?? loop.node).at,
        message: `the ${step.step.type} on line ${lineOf(step.node.at)} is asked once for each item of "${loop.step.inputFrom}", however many there are`,
        hint: `cut the list first: { type: jq, query: ".${loop.step.inputFrom}[:50]", output_to: … }`,
      };
    }
  },
};

function asksModel({ definition }: FlowStep): boolean {
  return definition.facts?.asksModelOf !== undefined;
}

/** The list is the file's own, part of an outer one, or was cut before. */
function isBounded({ read, writes, isOpen, isVariable }: ResolvedRead, { event }: Flow): boolean {
  const path = stateKeys(read.path);
  if (isOpen || isVariable || (event && Object.hasOwn(event, path[0] ?? ""))) return true;
  const writers = writes.filter((write) => isPrefix(write.path, path));
  return writers.length > 0 && writers.every(isCut);
}

/** A slice, `limit`, `first`; Python may do anything. SOQL has LIMIT. */
function isCut({ step: { program, definition, step } }: PathWrite): boolean {
  if (definition.facts?.programs && "code" in definition.facts.programs) return true;
  if (/\[[^\]]*:[^\]]*\]|\b(?:limit|first|last|nth|range)\b/.test(program)) return true;
  const { soql } = step.params;
  return typeof soql === "string" && /\blimit\s+\d+/i.test(soql);
}

/** A condition that compares by size may look at a length that was worked out before. */
function comparesSizes({ reads }: FlowStep): boolean {
  return reads.some(({ op }) => op === "lt" || op === "lte");
}
