import { blankHistory } from "../core/blank-history.ts";
import { eachOf } from "../core/each-of.ts";
import { costOf, isSettled, type JournalEntry, type RunError } from "../core/journal.ts";
import { LeaseLost } from "../core/ports/run-store.ts";
import { type FinalStatus, isFinal, type ParentLink, type RunRecord } from "../core/run.ts";
import { chunkRunIds } from "./chunk-run-ids.ts";
import { countEnd } from "./count-run.ts";
import { endDamagedRun } from "./end-damaged-run.ts";
import { fillBatch } from "./fill-batch.ts";
import { findVersion } from "./find-version.ts";
import type { Operator } from "./operator.ts";
import { redactedPaths } from "./redacted-paths.ts";
import type { Claimed } from "./run-attempt.ts";
import { wakeParent } from "./wake-parent.ts";

/** What came of cancelling. */
export type CancelResult =
  /** Now or before; in either case its children are cancelled too. */
  | { readonly kind: "cancelled"; readonly before: boolean }
  | { readonly kind: "final"; readonly status: Exclude<FinalStatus, "cancelled"> }
  /** Somebody else cancels it at this very moment, and was faster. */
  | { readonly kind: "contended" }
  | { readonly kind: "missing" };

// From taking the run away to its final write; whoever dies in between leaves a run that the sweeper brings back.
const LEASE_MS = 60_000;
// Children that are cancelled at a time.
const AT_ONCE = 10;

/**
 * Ends a run as `cancelled`, whoever works on it, and those that its steps started and wait for. Repeating it goes on
 * where an earlier one was cut off.
 * @throws what store or queue threw.
 */
export async function cancelRun(operator: Operator, runId: string): Promise<CancelResult> {
  const { store, clock, random } = operator;
  const now = clock.now();
  const owner = random.uuid();
  const claim = await store.claim(runId, { owner, now, leaseUntil: now + LEASE_MS, evicts: true });
  switch (claim.kind) {
    case "claimed": {
      const filling = await fillBatch(store, claim);
      return finishCancelled(operator, filling.kind === "filled" ? filling.claimed : claim);
    }
    case "final":
      return claim.status === "cancelled" ? goOn(operator, runId) : { kind: "final", status: claim.status };
    case "missing":
      return claim;
    case "damaged":
      await endDamagedRun(operator, claim.run, now);
      return { kind: "final", status: "failed" };
    default:
      throw new Error(`a claim that evicts was ${claim.kind}`);
  }
}

async function finishCancelled(operator: Operator, { lease, run }: Claimed): Promise<CancelResult> {
  const { store, clock } = operator;
  const redact = redactedPaths(operator, run, await findVersion(operator, run.workflow, run.hash));
  try {
    await store.finish(lease, {
      status: "cancelled",
      finishedAt: clock.now(),
      spentMs: run.spentMs,
      costUsd: costOf(run.journal),
      error: cancelledAt(run.journal),
      tail: [],
      ...(redact.length > 0 && { history: blankHistory(run, run.journal, redact) }),
    });
  } catch (thrown) {
    if (!(thrown instanceof LeaseLost)) throw thrown;
    // Taking it back from another one who cancels it could go on for ever.
    const isDone = (await store.status(run.runId)) === "cancelled";
    return isDone ? goOn(operator, run.runId) : { kind: "contended" };
  }
  countEnd(operator.metrics, run, { status: "cancelled", spentMs: run.spentMs });
  await tellOthers(operator, { ...run, ...(redact.length > 0 && { blanked: true }) });
  return { kind: "cancelled", before: false };
}

/** Does for a run that is cancelled already what whoever cancelled it may have left undone. */
async function goOn(operator: Operator, runId: string): Promise<CancelResult> {
  const run = await operator.store.get(runId);
  if (run) await tellOthers(operator, run);
  return { kind: "cancelled", before: true };
}

/** Cancels the runs that a cancelled run's steps wait for. One that is not made yet finds out when it begins. */
export async function cancelChildren(
  operator: Operator,
  runId: string,
  journal: readonly JournalEntry[],
): Promise<void> {
  const { store } = operator;
  const named = journal.flatMap(({ children: ids = [], chunks }) =>
    chunks ? [...ids, ...chunkRunIds(chunks)] : ids,
  );
  const children = [...new Set(named)];
  const cancelChild = async (childId: string): Promise<void> => {
    const status = await store.status(childId);
    if (status === undefined || (isFinal(status) && status !== "cancelled")) return;
    const child = await store.get(childId);
    if (child?.parent?.runId === runId && child.parent.awaits) await cancelRun(operator, childId);
  };
  await eachOf(children, AT_ONCE, cancelChild);
}

/** How a run ends that another one waited for, which was cancelled. */
export function cancelledWithParent({ runId, path }: ParentLink): RunError {
  const message = `run ${runId}, whose step ${path} waited for this one, was cancelled`;
  return { step: null, class: "cancelled", message, details: {} };
}

async function tellOthers(operator: Operator, run: Omit<RunRecord, "event">): Promise<void> {
  await wakeParent(operator, run, { ...run, status: "cancelled" });
  await cancelChildren(operator, run.runId, run.journal);
}

/** Names the step that was under way, as far as the journal knows it. */
function cancelledAt(journal: readonly JournalEntry[]): RunError {
  const last = new Map(journal.map((entry) => [entry.path, entry]));
  const open = [...last.values()].findLast((entry) => !isSettled(entry) && entry.status !== "failed");
  const message = "somebody cancelled the run";
  if (!open) return { step: null, class: "cancelled", message, details: {} };
  return { step: open.path, id: open.id, class: "cancelled", message, details: {} };
}
