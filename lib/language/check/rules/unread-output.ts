import { addToList } from "../../../core/add-to-list.ts";
import { formatPath, type Path } from "../../../core/path.ts";
import type { CheckedFile, Found, Rule } from "../../rule.ts";
import type { FlowStep, PathRead, PathWrite } from "../flow/flow-step.ts";
import { isPrefix } from "../flow/key-shape.ts";
import { stateKeys } from "../flow/step-writes.ts";

/** Results that are overwritten before anything reads them, and answers that were paid for and never read. */
export const unreadOutput: Rule = {
  id: "unread-output",
  severity: "warning",
  area: "correctness",
  summary: "Results are read before they are overwritten",
  why: "A result that nothing reads was worked or paid for in vain, and often another name was meant.",
  *check(file) {
    const { steps, onFailure } = file.flow;
    // A step between the two may fail, and then its on_failure reads the first.
    const afterFailure = onFailure.map(seenBy);
    const seen = (path: Path) =>
      afterFailure.some(({ all, paths }) => all || paths.some((read) => touches(read, path)));
    yield* overwrittenIn(steps, file, seen);
    yield* overwrittenIn(onFailure, file, () => false);
    yield* neverRead(file);
  },
};

/** A result that nothing has read yet; whoever reads what stands beside it has read of it too. */
interface Pending {
  readonly write: PathWrite;
  isSettled: boolean;
}

/** Follows one list of steps: a write that waits for a reader meets a certain overwrite first. */
function* overwrittenIn(
  steps: readonly FlowStep[],
  file: CheckedFile,
  seenLater: (path: Path) => boolean,
): Generator<Found> {
  const waiting = new Map<string, Pending[]>();
  const waitingAt = ([key = ""]: Path): readonly Pending[] => {
    const open = (waiting.get(key) ?? []).filter(({ isSettled }) => !isSettled);
    waiting.set(key, open);
    return open;
  };
  for (const one of steps) {
    for (const block of one.blocks) yield* overwrittenIn(block.steps, file, seenLater);
    const seen = seenBy(one);
    if (seen.all) waiting.clear();
    for (const read of seen.paths)
      for (const pending of waitingAt(read))
        if (pending.write.step.writes.some(({ path }) => touches(read, path))) pending.isSettled = true;
    for (const { path: target, at: overwrite } of one.writes) {
      for (const pending of waitingAt(target)) {
        const { path, at } = pending.write;
        if (!isPrefix(target, path)) continue;
        pending.isSettled = true;
        if (one.step.when) continue;
        yield {
          at,
          message: `"${formatPath(path)}" is overwritten on line ${file.lineOf(overwrite)} before anything reads it`,
          hint: "give one of the two another output_to, or remove the step that is not needed",
        };
      }
    }
    for (const write of one.writes) {
      if (write.what === "beside" || !isWorthReading(one) || seenLater(write.path)) continue;
      const pending = { write, isSettled: false };
      for (const key of new Set(one.writes.map(({ path }) => path[0] ?? "")))
        addToList(waiting, key, pending);
    }
  }
}

/** With an `output` of its own a file says what of the state is its result. */
function* neverRead({ flow, readers }: CheckedFile): Generator<Found> {
  if (!flow.output) return;
  for (const { parent, step, definition, raw, writes } of flow.all) {
    const answer = writes.find(({ what }) => what === "result");
    // What a nested step writes may be its block's result.
    if (!answer || parent || !definition.effect || !definition.facts?.onlyAsks?.(raw)) continue;
    if (writes.some(({ path }) => readers.isRead(path))) continue;
    const message = `the answer "${formatPath(answer.path)}" of the ${step.type} is never read: neither a step nor output uses it`;
    yield { at: answer.at, message, hint: "use it, or remove the step" };
  }
}

/** What a step and everything nested in it read. */
function seenBy(one: FlowStep): { readonly all: boolean; readonly paths: readonly Path[] } {
  const nested = one.blocks.flatMap(({ steps }) => steps.map(seenBy));
  const own = readPaths(readsOf(one));
  return {
    all:
      one.readsAll || own.some((path) => path.length === 0) || nested.some(({ all }) => all) || mayEnd(one),
    paths: [...own, ...nested.flatMap(({ paths }) => paths)],
  };
}

function readsOf(one: FlowStep): readonly PathRead[] {
  return [...one.reads, ...one.blocks.flatMap(({ result }) => (result ? [result] : []))];
}

function readPaths(reads: readonly PathRead[]): readonly Path[] {
  return reads.map(({ path }) => stateKeys(path));
}

/** Where a run may end, the whole state may be its result. */
function mayEnd({ definition }: FlowStep): boolean {
  return definition.facts?.endsRun === true;
}

/** A call that does something may leave its answer alone; one that asks, computes or names its result wants a reader. */
function isWorthReading({ definition, raw, node }: FlowStep): boolean {
  return (
    !definition.effect ||
    definition.facts?.onlyAsks?.(raw) === true ||
    node.entries?.has("output_to") === true
  );
}

function touches(a: Path, b: Path): boolean {
  return isPrefix(a, b) || isPrefix(b, a);
}
