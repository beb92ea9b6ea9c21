import { isSettled, isUnknown, type JournalEntry } from "../core/journal.ts";
import type { RedriveResult } from "../core/ports/run-store.ts";
import type { RunRecord } from "../core/run.ts";
import type { Operator } from "./operator.ts";
import { DAY_MS } from "./timings.ts";

/** How a run is redriven. */
export interface RedriveOptions {
  /** Also calls that may be made once at most, and of which nobody knows whether they took effect. */
  readonly repeatUnknown?: boolean;
  /** Does not refuse such a run, in which these calls have failed and are not made. */
  readonly keepUnknown?: boolean;
}

/** What came of redriving. */
export type Redriving =
  | RedriveResult
  /** These steps may be run once at most, and perhaps have. */
  | { readonly kind: "unknown_outcome"; readonly steps: readonly string[] };

// A redriven run is looked at for at least this long, or as long as a new one is kept.
const KEPT_MS = 7 * DAY_MS;

/**
 * Puts a failed run back into the queue, to go on at the step that failed. Repeating it finishes what an earlier one left
 * undone, and makes no second redrive of a run that has not begun again.
 * @throws what store or queue threw.
 */
export async function redriveRun(
  { store, queue, clock, timings }: Pick<Operator, "store" | "queue" | "clock" | "timings">,
  runId: string,
  { repeatUnknown = false, keepUnknown = false }: RedriveOptions = {},
): Promise<Redriving> {
  const run = await store.get(runId);
  if (!run) return { kind: "missing" };
  const steps = run.status === "failed" ? unknownOutcomes(run.journal) : [];
  const keepsUnknown = steps.length > 0 && keepUnknown;
  if (steps.length > 0 && !repeatUnknown && !keepUnknown) return { kind: "unknown_outcome", steps };
  const redrives = run.redrives?.length ?? 0;
  const isUnderWay = run.status === "queued" && redrives > 0;
  const now = clock.now();
  const result = await store.redrive(runId, {
    nth: isUnderWay ? redrives : redrives + 1,
    entries: run.journal.length,
    ...(keepsUnknown && { keepsUnknown }),
    now,
    dueAt: now + timings.lookAfterMs,
    expiresAt: Math.ceil((now + Math.min(KEPT_MS, retentionMs(run))) / 1000),
  });
  if (result.kind === "redriven") await queue.send({ runId });
  return result;
}

/** Paths of the steps that may be run once at most, and of which nobody knows whether they took effect. */
export function unknownOutcomes(journal: readonly JournalEntry[]): readonly string[] {
  const last = new Map(journal.map((entry) => [entry.path, entry]));
  return [...last.values()]
    .filter((entry) => !isSettled(entry) && entry.delivery === undefined && isUnknown(entry))
    .map(({ path }) => path);
}

function retentionMs({ createdAt, expiresAt }: RunRecord): number {
  return expiresAt * 1000 - createdAt;
}
