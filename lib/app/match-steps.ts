import { formatJson } from "../core/json.ts";
import type { StepNode, Workflow } from "../core/workflow.ts";
import { contentOf } from "./step-content.ts";

/** A step with its place in a file. */
export interface PlacedStep {
  readonly step: StepNode;
  /** As in a run's history, without the numbers of items: `3.else.0`. */
  readonly path: string;
  /** The step whose list it stands in, and the list's label; a workflow's own lists have none. */
  readonly parent: PlacedStep | undefined;
  readonly list: string;
}

/** Which steps of two versions are the same ones. */
export interface MatchedSteps {
  /** The old step of a new one. */
  readonly pairs: ReadonlyMap<PlacedStep, PlacedStep>;
  /** New steps that stand in another list than before, or elsewhere in it. */
  readonly moved: ReadonlySet<PlacedStep>;
}

/** Every step of a workflow, a step before those nested in it. */
export function placedSteps(workflow: Workflow): readonly PlacedStep[] {
  return [...placed(workflow.steps, "", ""), ...placed(workflow.onFailure, "on_failure.", "on_failure")];
}

function placed(
  steps: readonly StepNode[],
  prefix: string,
  list: string,
  parent?: PlacedStep,
): readonly PlacedStep[] {
  return steps.flatMap((step, index) => {
    const one: PlacedStep = { step, path: `${prefix}${index}`, parent, list };
    const nested = Object.entries(step.blocks).flatMap(([label, inner]) =>
      placed(inner, `${one.path}.${label}.`, label, one),
    );
    return [one, ...nested];
  });
}

/** What steps may be told apart by, the surest first. */
const SIGNS: readonly ((one: PlacedStep) => string | undefined)[] = [
  ({ step }) => (isGivenId(step) ? step.id : undefined),
  ({ step, list }) => `${list} ${formatJson(contentOf(step))} ${Object.keys(step.blocks)}`,
  ({ step }) => (Object.keys(step.blocks).length === 0 ? formatJson(contentOf(step)) : undefined),
  ({ step: { name } }) => name,
  ({ step: { outputTo } }) => outputTo ?? undefined,
  ({ list, parent }) => `${parent?.path ?? ""} ${list}`,
];

/** Finds the old step of each new one: of the same type, and alike in id, content, name, result or list, in this order. */
export function matchSteps(before: readonly PlacedStep[], after: readonly PlacedStep[]): MatchedSteps {
  const pairs = new Map<PlacedStep, PlacedStep>();
  const taken = new Set<PlacedStep>();
  for (const sign of SIGNS) {
    const waiting = new Map<string, PlacedStep[]>();
    const keyOf = (one: PlacedStep) => {
      const text = sign(one);
      return text === undefined ? undefined : `${one.step.type} ${text}`;
    };
    for (const one of before) {
      const key = taken.has(one) ? undefined : keyOf(one);
      if (key !== undefined) waiting.set(key, [...(waiting.get(key) ?? []), one]);
    }
    for (const one of after) {
      const key = pairs.has(one) ? undefined : keyOf(one);
      const was = key === undefined ? undefined : waiting.get(key)?.shift();
      if (!was) continue;
      pairs.set(one, was);
      taken.add(was);
    }
  }
  return { pairs, moved: movedOf(before, after, pairs) };
}

/** True for an id that stands in the file; others are counted from its beginning, and say nothing when a step is put in. */
export function isGivenId({ type, id }: StepNode): boolean {
  return !(id.startsWith(`${type}_`) && /^\d+$/.test(id.slice(type.length + 1)));
}

function movedOf(
  before: readonly PlacedStep[],
  after: readonly PlacedStep[],
  pairs: ReadonlyMap<PlacedStep, PlacedStep>,
): ReadonlySet<PlacedStep> {
  const position = new Map(before.map((one, index) => [one, index]));
  const moved = new Set<PlacedStep>();
  const lists = new Map<string, PlacedStep[]>();
  for (const now of after) {
    const was = pairs.get(now);
    if (!was) continue;
    const sameParent = now.parent ? pairs.get(now.parent) === was.parent : was.parent === undefined;
    if (!sameParent || now.list !== was.list) moved.add(now);
    else {
      const key = `${now.parent?.path ?? ""} ${now.list}`;
      lists.set(key, [...(lists.get(key) ?? []), now]);
    }
  }
  for (const list of lists.values()) {
    const places = list.map((now) => position.get(pairs.get(now) as PlacedStep) as number);
    const still = longestRise(places);
    for (const [index, now] of list.entries()) if (!still.has(index)) moved.add(now);
  }
  return moved;
}

/** Indexes of a longest strictly rising subsequence: what need not have moved. */
function longestRise(numbers: readonly number[]): ReadonlySet<number> {
  const length: number[] = [];
  const previous: number[] = [];
  for (const [index, number] of numbers.entries()) {
    length[index] = 1;
    previous[index] = -1;
    for (let other = 0; other < index; other += 1) {
      if ((numbers[other] as number) >= number || (length[other] as number) < (length[index] as number))
        continue;
      length[index] = (length[other] as number) + 1;
      previous[index] = other;
    }
  }
  const kept = new Set<number>();
  for (let at = length.indexOf(Math.max(0, ...length)); at >= 0; at = previous[at] as number) kept.add(at);
  return kept;
}
