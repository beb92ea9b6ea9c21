import { heals, toFlowError } from "../core/flow-error.ts";
import { LeaseLost } from "../core/ports/run-store.ts";
import type { RunEnd } from "../engine/run-end.ts";
import { fillBatch } from "./fill-batch.ts";
import { type Claimed, failedBy } from "./run-attempt.ts";
import type { Runner } from "./runner.ts";
import { superseded } from "./superseded.ts";

/** A claimed run that may begin, or end as `unbegun` says, or one that others may still join until a time. */
type Readiness =
  | { readonly kind: "ready"; readonly claimed: Claimed; readonly unbegun?: RunEnd | undefined }
  | { readonly kind: "open"; readonly until: number };

const NOTHING_CAME: RunEnd = { kind: "dropped", reason: "input.limits.batch: no delivery came into it" };

/**
 * Looks at a claimed run before its first step: whether its batch is closed and has anything in it, and whether another delivery has
 * superseded its own. @throws LeaseLost, or a fault of the store that heals.
 */
export async function readyRun(runner: Runner, given: Claimed): Promise<Readiness> {
  try {
    const filling = await fillBatch(runner.store, given, runner.ports.clock.now());
    if (filling.kind === "open") return filling;
    const { claimed } = filling;
    return { kind: "ready", claimed, unbegun: await endOf(runner, claimed) };
  } catch (thrown) {
    const error = toFlowError(thrown);
    if (thrown instanceof LeaseLost || heals(error.class)) throw thrown;
    return { kind: "ready", claimed: given, unbegun: failedBy(error, true) };
  }
}

async function endOf(runner: Runner, { run }: Claimed): Promise<RunEnd | undefined> {
  return run.batch?.events === 0 && !run.redrives ? NOTHING_CAME : superseded(runner, run);
}
