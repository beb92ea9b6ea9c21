import { isObject, type Json } from "../../../core/json.ts";
import { parsePath } from "../../../core/path.ts";
import type { AnyStep } from "../../../core/step.ts";
import type { StepNode, Workflow } from "../../../core/workflow.ts";
import { child, type YamlNode } from "../../yaml-node.ts";
import { type EnvRead, everyStep, type FlowBlock, type FlowStep, type PathRead } from "./flow-step.ts";
import { blockResult, stepReads } from "./step-reads.ts";
import { stepWrites, writesAnyKey } from "./step-writes.ts";
import { readTemplates } from "./text-reads.ts";

/** A workflow as data flows through it. */
export interface Flow {
  readonly steps: readonly FlowStep[];
  readonly onFailure: readonly FlowStep[];
  /** Every step, nested ones too, in the order of the file's lists. */
  readonly all: readonly FlowStep[];
  /** What the file's `output` reads, undefined when the whole state is the result. */
  readonly output:
    | { readonly paths: readonly PathRead[]; readonly environment: readonly EnvRead[] }
    | undefined;
  /** The event where the file itself gives it. */
  readonly event: { readonly [key: string]: Json } | undefined;
}

/** What the steps of one file share. */
interface Source {
  readonly text: string;
  readonly origins: ReadonlyMap<StepNode, YamlNode>;
  readonly types: ReadonlyMap<string, AnyStep>;
}

/** Follows which paths each step of a checked workflow reads and writes. */
export function buildFlow(workflow: Workflow, root: YamlNode, source: Source): Flow {
  const steps = flowSteps(workflow.steps, undefined, false, source);
  const onFailure = flowSteps(workflow.onFailure, undefined, true, source);
  const { input } = workflow;
  const output = child(root, "output");
  const reads = { paths: [], environment: [] };
  if (output) readTemplates(output, { ...reads, text: source.text, parameter: "output" });
  return {
    steps,
    onFailure,
    all: [...everyStep(steps), ...everyStep(onFailure)],
    output: output && reads,
    event: input.type === "cron" ? input.payload : undefined,
  };
}

function flowSteps(
  steps: readonly StepNode[],
  parent: FlowStep | undefined,
  inOnFailure: boolean,
  source: Source,
): readonly FlowStep[] {
  return steps.flatMap((step) => {
    const node = source.origins.get(step);
    const definition = source.types.get(step.type);
    return node && definition ? [flowStep(step, node, definition, parent, inOnFailure, source)] : [];
  });
}

function flowStep(
  step: StepNode,
  node: YamlNode,
  definition: AnyStep,
  parent: FlowStep | undefined,
  inOnFailure: boolean,
  source: Source,
): FlowStep {
  const { facts = {} } = definition;
  const raw = { ...step.params, ...(isObject(node.value) ? node.value : {}) };
  const places = definition.blocks?.(raw) ?? [];
  const { paths, environment } = stepReads(step, node, definition, places, source.text);
  const usesInput = facts.usesInput ? facts.usesInput(raw) : definition.inputRequired === true;
  const one = {
    step,
    node,
    definition,
    raw,
    parent,
    inOnFailure,
    reads: paths,
    environment,
    readsAll: usesInput && (step.inputFrom === undefined || isWholeState(step.inputFrom)),
    writesAny: writesAnyKey({ step, definition }),
    program: Object.keys(facts.programs ?? {})
      .map((name) => String(step.params[name] ?? ""))
      .join("\n"),
  };
  const made: FlowStep & { writes: FlowStep["writes"]; blocks: FlowStep["blocks"] } = {
    ...one,
    writes: [],
    blocks: [],
  };
  made.writes = stepWrites(made);
  made.blocks = places.map((place): FlowBlock => {
    const result = blockResult(node, place, source.text);
    return {
      ...place,
      steps: flowSteps(step.blocks[place.label] ?? [], made, inOnFailure, source),
      ...(result && { result }),
    };
  });
  return made;
}

function isWholeState(path: string): boolean {
  return parsePath(path).join() === "state";
}
