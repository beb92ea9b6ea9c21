import { toFlowError } from "../core/flow-error.ts";
import type { SlotPlace } from "../core/ports/slots.ts";
import { type ClaimedRun, isFinal } from "../core/run.ts";
import { textOf } from "../core/template.ts";
import type { Workflow } from "../core/workflow.ts";
import { eventReader } from "./event-reader.ts";
import { findVersion } from "./find-version.ts";
import { parkRun } from "./park-run.ts";
import type { Claimed } from "./run-attempt.ts";
import { type Invocation, type Runner, runFields } from "./runner.ts";
import { mainHash } from "./served-entry.ts";
import { stageEnvironment } from "./stage-environment.ts";
import { DAY_MS } from "./timings.ts";

/**
 * Does a claimed run's work in a slot of its key, where the workflow has such. A run that finds none lets go and stands in the line
 * until a slot is kept for it, or the first of the others' leases runs out: `whenFull`. It has not failed, and no delivery of it has.
 */
export async function inSlot<T>(
  runner: Runner,
  claimed: Claimed,
  invocation: Invocation,
  { work, whenFull }: { readonly work: () => Promise<T>; readonly whenFull: T },
): Promise<T> {
  const place = await slotPlace(runner, claimed);
  if (!place) return work();
  const { runId, attempt } = claimed.run;
  const { owner } = claimed.lease;
  const now = runner.ports.clock.now();
  const until = invocation.deadline + runner.timings.leaseMarginMs;
  const answer = await runner.slots.take(place, { runId, owner, now, until });
  if (answer.kind === "full") {
    await standInLine(runner, claimed, place, answer.until);
    const message = `run waits for a slot: of its key, as many as may (${place.count}) are at work`;
    runner.log.with(runFields(claimed.run)).write({ level: "info", message });
    return whenFull;
  }
  try {
    // It may have come back before it was told.
    if (attempt > 1) await runner.slots.leave(place, runId);
    return await work();
  } finally {
    await freeSlot(runner, place, answer.slot, owner);
  }
}

/** Today's limit counts, also for runs of older versions. A chunk is a part of a run, which is one. */
async function slotPlace(runner: Runner, { run }: Claimed): Promise<SlotPlace | undefined> {
  const workflow = await inForce(runner, run);
  if (workflow?.input.type !== "http_webhook" || run.chunk) return undefined;
  const limit = workflow.input.limits?.concurrency;
  if (!limit) return undefined;
  const env = limit.key?.includes("${env:")
    ? (await stageEnvironment(runner, workflow)).current().value
    : noNames;
  const reader = eventReader(workflow, run.stage, run.event, env);
  const key = limit.key === undefined ? "" : textOf(reader.renderWhole(limit.key));
  return { workflow: run.workflow, key, count: limit.count };
}

/** The version that is relied on today. One that is at work was accepted by it, or a moment ago. */
async function inForce(runner: Runner, run: ClaimedRun): Promise<Workflow | undefined> {
  const { store, catalog, splits, log, ports } = runner;
  const carried = catalog.current(run.workflow);
  if (!carried || carried.hash === run.hash) return carried;
  const hash = await mainHash({ splits, log, clock: ports.clock }, carried);
  return findVersion({ store, catalog }, run.workflow, hash);
}

function noNames(): undefined {
  return undefined;
}

/** Who lets go looks once more afterwards: whoever freed a slot before that found nobody in the line. */
async function standInLine(runner: Runner, claimed: Claimed, place: SlotPlace, until: number): Promise<void> {
  const { run } = claimed;
  const lookAt = until + runner.timings.wakeMarginMs;
  const kept = { costUsd: run.costUsd, spentMs: run.spentMs, retentionMs: DAY_MS };
  await parkRun(runner, claimed, { reason: "child", awaited: [], lookAt }, kept);
  const now = runner.ports.clock.now();
  const waiting = { runId: run.runId, now, expiresAt: run.expiresAt };
  if (await runner.slots.enter(place, waiting)) await runner.queue.send({ runId: run.runId });
}

/** Keeps the slot for the first in the line that has not ended meanwhile. What fails here heals when the leases run out. */
async function freeSlot(runner: Runner, place: SlotPlace, slot: number, owner: string): Promise<void> {
  const { slots, store, queue, ports, timings, log } = runner;
  try {
    for (let holder: string | undefined = owner; holder !== undefined; ) {
      const now = ports.clock.now();
      const next: string | undefined = await slots.free(place, {
        slot,
        owner: holder,
        now,
        keptUntil: now + timings.wakeMarginMs,
      });
      const status = next === undefined ? undefined : await store.status(next);
      const isAlive = status !== undefined && !isFinal(status);
      if (next !== undefined && isAlive) await queue.send({ runId: next });
      holder = isAlive ? undefined : next;
    }
  } catch (thrown) {
    const { message } = toFlowError(thrown);
    log.write({ level: "warn", message: `a slot is free only when its lease is over: ${message}` });
  }
}
