import { createHash } from "node:crypto";
import { FlowError } from "../core/flow-error.ts";
import { type RunRecord, type StoredEvent, type StoredStatus, timeOfRunId } from "../core/run.ts";
import type { InputEntry } from "../core/workflow.ts";
import { derivedRunId, isDerivedFrom } from "./derived-run-id.ts";
import { keepVersion } from "./keep-version.ts";
import { notAlone } from "./not-alone.ts";
import type { Operator } from "./operator.ts";
import { DAY_MS } from "./timings.ts";

/** What a replay runs. */
export interface ReplayOptions {
  readonly version: Pick<InputEntry, "name" | "hash" | "retentionDays">;
  /** What takes the place of the event's body; default: the body as it arrived. */
  readonly body?: Uint8Array;
  /** Makes another one where the same event was replayed on the same version before. */
  readonly again?: boolean;
  /** Leaves out a run that has any replay, and replays themselves: for many runs at once, so that it can be repeated. */
  readonly sparing?: boolean;
}

/** What came of replaying. */
export type ReplayResult =
  | { readonly kind: "replayed"; readonly replayId: string }
  /** It was replayed before; no status: that replay was not made, or is not kept any more. */
  | { readonly kind: "before"; readonly replayId: string; readonly status: StoredStatus | undefined }
  | { readonly kind: "is_replay" }
  /** `history.redact` has blanked the event. */
  | { readonly kind: "blanked" }
  | { readonly kind: "missing" };

/**
 * Runs the event of a run again, as a run of its own. It is named on its original before it is made, by an id that only
 * the same event, version and number give: of everyone who asks for the same replay, or repeats it after a crash, all
 * make the same run.
 * @throws FlowError `invalid_input` for a chunk, which is nothing without its run; what store or queue threw.
 */
export async function replayRun(
  operator: Operator,
  runId: string,
  options: ReplayOptions,
): Promise<ReplayResult> {
  const { store, clock } = operator;
  const run = await store.get(runId);
  if (!run) return { kind: "missing" };
  if (run.chunk) throw notAlone(run, "replay");
  if (run.blanked) return { kind: "blanked" };
  if (run.eventLost)
    throw new FlowError(
      "internal",
      `the event of run ${runId} cannot be read any more: ${run.error?.message}`,
    );
  const now = clock.now();
  const { length } = run.replays ?? [];
  const last = run.replays?.at(-1);
  if (last !== undefined && isDerivedFrom(last, contentOf(run, options, length))) {
    const status = await store.status(last);
    const isKept = timeOfRunId(last) + options.version.retentionDays * DAY_MS > now;
    if (status === "queued" || (status === undefined && isKept)) return make(operator, run, last, options);
    if (status !== undefined && !options.again) return { kind: "before", replayId: last, status };
  }
  if (options.sparing && !options.again) {
    if (last !== undefined) return { kind: "before", replayId: last, status: await store.status(last) };
    if (run.replayOf) return { kind: "is_replay" };
  }
  for (let nth = length + 1; ; nth += 1) {
    const content = contentOf(run, options, nth);
    const replayId = derivedRunId(now, content);
    const standing = await store.nameReplay(runId, { nth, replayId, now });
    if (standing === undefined) return { kind: "missing" };
    if (isDerivedFrom(standing, content)) return make(operator, run, standing, options);
  }
}

/** What the id of a replay is made of. */
function contentOf({ runId, event }: RunRecord, { version, body }: ReplayOptions, nth: number): string {
  const sha = createHash("sha256")
    .update(body ?? event.body)
    .digest("hex");
  return `${runId}/${nth}/${version.hash}/${sha}`;
}

async function make(
  { store, queue, catalog, timings }: Operator,
  run: RunRecord,
  replayId: string,
  { version, body }: ReplayOptions,
): Promise<ReplayResult> {
  const { name, hash, retentionDays } = version;
  if (catalog.current(name)?.hash === hash) await keepVersion({ store, catalog }, version);
  const createdAt = timeOfRunId(replayId);
  const event: StoredEvent = { ...run.event, ...(body && { body }) };
  await store.create({
    runId: replayId,
    workflow: name,
    hash,
    stage: run.stage,
    event,
    createdAt,
    dueAt: createdAt + timings.lookAfterMs,
    expiresAt: Math.floor((createdAt + retentionDays * DAY_MS) / 1000),
    replayOf: { runId: run.runId, ...(body && { edited: true }) },
  });
  await queue.send({ runId: replayId });
  return { kind: "replayed", replayId };
}
