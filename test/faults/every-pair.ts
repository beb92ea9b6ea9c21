import { isSettled } from "../../lib/core/journal.ts";
import { isFinal } from "../../lib/core/run.ts";
import { FAULTS, type Fault, type Strike, textOfAll } from "../support/faults.ts";
import { outcomeOf, play, type Trial, tableOfTrial } from "./trial.ts";
import type { FaultCase } from "./workflows.ts";

/** Faults at two calls, the first of them earlier. */
export type FaultPair = readonly [Fault, Fault];

/** Every combination of two faults. */
export const FAULT_PAIRS: readonly FaultPair[] = FAULTS.flatMap((first) =>
  FAULTS.map((second) => [first, second] as const),
);

/** What a workflow is struck with, and on which store. */
interface PairOptions {
  readonly pairs?: readonly FaultPair[];
  /** The store is a table behind the adapter for DynamoDB: each of its requests is a call. Else it is in memory. */
  readonly onTable?: boolean;
}

/** What came of all trials of a workflow. */
export interface PairReport {
  readonly trials: number;
  /** Trials that did not end as they should, each with what is wrong. */
  readonly broken: readonly unknown[];
}

/**
 * Runs a workflow once for every pair of its calls and of the given faults: it must end as if undisturbed, or as one that
 * is known to kill its process, with no step run again.
 */
export async function everyPair(
  given: FaultCase,
  { pairs = FAULT_PAIRS, onTable = false }: PairOptions = {},
): Promise<PairReport> {
  const playOut = (strikes: readonly Strike[] = []) =>
    play({ ...given, ...(onTable && { table: tableOfTrial() }) }, strikes);
  const undisturbed = await playOut();
  const broken: unknown[] = [];
  let trials = 0;
  for (const [firstFault, seconds] of Map.groupBy(pairs, ([first]) => first)) {
    for (let first = 0; ; first += 1) {
      const once = await playOut([{ at: first, fault: firstFault }]);
      if (once.calls.length <= first) break;
      if (!befalls(given, once, first, firstFault)) continue;
      for (const [, fault] of seconds) {
        for (let second = first + 1; second < once.calls.length; second += 1) {
          if (!befalls(given, once, second, fault)) continue;
          const trial = await playOut([
            { at: first, fault: firstFault },
            { at: second, fault },
          ]);
          trials += 1;
          const wrong = faultsOf(given, trial, undisturbed);
          if (wrong) broken.push({ where: `${firstFault} at ${first}, ${fault} at ${second}`, ...wrong });
        }
      }
    }
  }
  return { trials, broken };
}

/** A call that fails changes the result where the file accepts failures: only deaths befall it there. */
function befalls({ acceptsFailures }: FaultCase, { calls }: Trial, at: number, fault: Fault): boolean {
  return !acceptsFailures || fault.startsWith("death") || !/^(?:peer|model)\./.test(calls[at]?.name ?? "");
}

function faultsOf(given: FaultCase, trial: Trial, undisturbed: Trial): object | undefined {
  const { run, children, finals, ranAgain, answer } = trial;
  if (!run) return answer?.status === 202 ? { lost: true } : undefined;
  const outcome = outcomeOf(run, given.races);
  const settled = [run, ...children].flatMap(({ runId, journal }) =>
    journal.filter(isSettled).map(({ path }) => `${runId} ${path}`),
  );
  const twice = settled.filter((path, index) => settled.indexOf(path) < index);
  const open = [run, ...children].filter(({ status }) => !isFinal(status)).map(({ workflow }) => workflow);
  const tooMany = children.length > undisturbed.children.length;
  const isAsExpected =
    textOfAll(outcome) === textOfAll(outcomeOf(undisturbed.run, given.races)) ||
    mayEndSo(given, trial, undisturbed);
  if (isAsExpected && !tooMany && [...twice, ...open, ...ranAgain].length === 0 && new Set(finals).size <= 1)
    return undefined;
  return { outcome, twice, open, ranAgain, finals, tooMany };
}

/** A step at which the process died twice ends the run, or what the run does about its failure; a call of unknown outcome too. */
function mayEndSo({ file }: FaultCase, { run, children }: Trial, undisturbed: Trial): boolean {
  if (run?.status !== "failed") return false;
  const isPoison = [run, ...children].some(({ error }) => error?.class === "internal");
  const isAlarm = undisturbed.run?.error !== undefined && run.error?.step === undisturbed.run.error.step;
  const isUnknown = run.error?.class === "unknown_outcome" && textOfAll(file).includes("at_most_once");
  return isPoison || isAlarm || isUnknown;
}
