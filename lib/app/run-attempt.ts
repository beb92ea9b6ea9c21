import { FlowError, heals, toFlowError } from "../core/flow-error.ts";
import { costOf, isSettled, type JournalEntry } from "../core/journal.ts";
import { isObject } from "../core/json.ts";
import type { RunAnswer } from "../core/ports/answers.ts";
import { type ClaimResult, LeaseLost } from "../core/ports/run-store.ts";
import { createRedactor, type Redactor } from "../core/redactor.ts";
import { resumedJournal } from "../core/redriven-journal.ts";
import { type ChunkLink, isFinal, type ParentLink } from "../core/run.ts";
import { traceOf } from "../core/trace-context.ts";
import type { Workflow } from "../core/workflow.ts";
import { blankedEnd, blankedLog } from "../engine/blanked.ts";
import { shortSecretWarnings } from "../engine/environment.ts";
import { executeRun } from "../engine/execute-run.ts";
import type { Execution } from "../engine/execution.ts";
import { Journal } from "../engine/journal.ts";
import type { RunEnd } from "../engine/run-end.ts";
import { createWaits, type Waits } from "../engine/waits.ts";
import { cancelledWithParent } from "./cancel-run.ts";
import { countClaim, countEntry } from "./count-run.ts";
import { findVersion } from "./find-version.ts";
import { versionGone } from "./keep-version.ts";
import { logFault } from "./log-fault.ts";
import { loopPart } from "./loop-part.ts";
import { type Invocation, type Runner, runFields } from "./runner.ts";
import { createStageChildRuns } from "./stage-child-runs.ts";
import { createStageChunkRuns } from "./stage-chunk-runs.ts";
import { type StageEnvironment, stageEnvironment } from "./stage-environment.ts";
import { DAY_MS, LONGEST_WAIT_MS } from "./timings.ts";
import { watchForEnd } from "./watch-for-end.ts";

/** A claim that got the run. */
export type Claimed = Extract<ClaimResult, { kind: "claimed" }>;

/** One attempt of a run, ended but not yet written down. */
export interface Attempt {
  readonly end: RunEnd;
  /** Entries no segment holds yet. */
  readonly tail: readonly JournalEntry[];
  /** The whole journal, earlier attempts included. */
  readonly journal: readonly JournalEntry[];
  /** Paths that the file wants blanked once the run is over. */
  readonly redact: readonly string[];
  /** How long the file wants the history to be kept, in milliseconds. */
  readonly retentionMs: number;
  readonly costUsd: number;
  /** Run time so far, milliseconds, earlier attempts included. */
  readonly spentMs: number;
}

/**
 * Executes a claimed run from where its journal ends, or ends it as `unbegun` says. A fault of ours that no wait heals is a failure of the attempt.
 * @throws LeaseLost, or a fault of the store that heals: then this attempt has not ended.
 */
export async function runAttempt(
  runner: Runner,
  claimed: Claimed,
  invocation: Invocation,
  lastDelivery: boolean,
  unbegun?: RunEnd,
): Promise<Attempt> {
  const { lease, run } = claimed;
  const { clock } = runner.ports;
  const startedAt = clock.now();
  countClaim(runner.metrics, run, startedAt);
  const waits = createWaits(clock);
  let segment = claimed.nextSegment;
  const { past, before, keepsUnknown } = resumedJournal(run.journal, run.redrives);
  const journal = new Journal({
    past,
    before,
    keepsUnknown,
    failures: run.failures,
    append: (batch) => {
      segment += 1;
      return runner.store.append(lease, segment - 1, batch);
    },
    careful: claimed.afterDeath,
    onEntry: (entry) => countEntry(runner.metrics, run.workflow, entry),
  });
  const watch = watchForEnd(runner, run.runId);
  let workflow: Workflow | undefined;
  let environment: StageEnvironment | undefined;
  const ended = (end: RunEnd, tail: readonly JournalEntry[]): Attempt => {
    const whole = [...run.journal, ...journal.entries.slice(past.length)];
    return {
      end,
      tail,
      journal: whole,
      retentionMs: (workflow?.history.retentionDays ?? 0) * DAY_MS,
      redact: (workflow ?? runner.catalog.current(run.workflow))?.history.redact ?? [],
      costUsd: costOf(whole),
      spentMs: run.spentMs + clock.now() - startedAt - waits.total(),
    };
  };
  const attempt = async (): Promise<RunEnd> => {
    workflow = await findVersion(runner, run.workflow, run.hash);
    if (!workflow) return failedBy(versionGone(run.workflow, run.hash), lastDelivery);
    if (unbegun) return unbegun;
    const endWithParent = run.parent?.awaits && (await endedWithParent(runner, run.parent, run.chunk));
    if (endWithParent) return endWithParent;
    const part = await loopPart(runner.store, run, invocation);
    try {
      environment = await stageEnvironment(runner, workflow);
    } catch (thrown) {
      return failedBy(toFlowError(thrown), lastDelivery);
    }
    const here = { journal, waits, invocation, signal: watch.signal };
    const whole = executionOf(runner, workflow, environment, claimed, here);
    const execution = part ? { ...whole, part } : whole;
    for (const warning of shortSecretWarnings(environment.current()))
      execution.log.write({ level: "warn", message: warning });
    return executeRun(execution, lastDelivery);
  };
  try {
    const end = await attempt();
    const goesOn = end.kind === "paused" || (end.kind === "failed" && end.heals);
    // A chunk's word to its loop rests on the journal, so that is stored first.
    const isFlushed = goesOn || ("ends" in end && end.ends !== undefined);
    if (isFlushed) await journal.flush();
    return ended(end, isFlushed ? [] : await journal.takeTail());
  } catch (thrown) {
    const error = toFlowError(thrown);
    if (thrown instanceof LeaseLost || heals(error.class)) throw thrown;
    const redactor = () => environment?.current().redactor ?? createRedactor([]);
    const log = blankedLog(runner.log, redactor).with(runFields(run));
    logFault(log, "attempt failed", error);
    return ended(blankedEnd(failedBy(error, lastDelivery), redactor()), []);
  } finally {
    watch.stop();
  }
}

/** True when the process died at this place twice, the second time with no other run beside it. */
function isPoison(runner: Runner, { diedAlone, leftBehind }: Claimed): boolean {
  return diedAlone && !leftBehind.some((entry) => hasMoved(runner, entry));
}

/** The entry of an effect, or of `on_failure` (no step type), means that the deaths were at two steps. */
function hasMoved({ steps }: Runner, entry: JournalEntry): boolean {
  return steps.get(entry.type)?.effect !== false && (isSettled(entry) || entry.status === "started");
}

/** What an execution has of this invocation. */
interface Here {
  readonly journal: Journal;
  readonly waits: Waits;
  readonly invocation: Invocation;
  /** Aborts when the run has ended elsewhere. */
  readonly signal: AbortSignal;
}

/** What a claimed run is executed with in this invocation. */
function executionOf(
  runner: Runner,
  workflow: Workflow,
  environment: StageEnvironment,
  claimed: Claimed,
  { journal, waits, invocation, signal }: Here,
): Execution {
  const { run } = claimed;
  const { clock } = runner.ports;
  const { invocationMs, handOverMarginMs } = runner.timings;
  const now = clock.now();
  return {
    workflow,
    run: {
      id: run.runId,
      attempt: run.attempt,
      startedAt: run.startedAt ?? now,
      depth: run.parent?.depth ?? 0,
      ...(run.redrives && { redrives: run.redrives.length }),
    },
    trace: traceOf(run),
    stage: run.stage,
    event: run.event.body,
    request: run.event.request,
    steps: runner.steps,
    ports: {
      ...runner.ports,
      childRuns: createStageChildRuns({ ...runner, clock }, run),
      chunkRuns: createStageChunkRuns({ ...runner, clock }, run),
      // Only the sender of a delivery can wait.
      ...(run.delivery && {
        answer: (answer: RunAnswer) =>
          runner.answers.give(
            run.runId,
            blankedAnswer(answer, environment.current().redactor),
            run.expiresAt,
          ),
      }),
    },
    cache: runner.cache,
    journal,
    limits: {
      get handOverAt() {
        return invocation.deadline - handOverMarginMs;
      },
      freshMs: invocationMs - handOverMarginMs,
      longestWaitMs: LONGEST_WAIT_MS,
    },
    runUntil: now + workflow.timeoutSeconds * 1000 - run.spentMs,
    waits,
    log: runner.log.with(runFields(run)),
    signal,
    environment: environment.current,
    refreshEnvironment: environment.refresh,
    ...(isPoison(runner, claimed) && { poison: diedTwice() }),
  };
}

function blankedAnswer({ status, headers, body }: RunAnswer, redactor: Redactor): RunAnswer {
  return { status, headers: redactor.json(headers), body: redactor.json(body) };
}

/** How a run ends before its first step because the one that waits for it has ended. */
async function endedWithParent(
  { store }: Runner,
  parent: ParentLink,
  chunk: ChunkLink | undefined,
): Promise<RunEnd | undefined> {
  const status = await store.status(parent.runId);
  if (status === "cancelled") return { kind: "cancelled", error: cancelledWithParent(parent) };
  if (!chunk || (status && !isFinal(status))) return undefined;
  const message = `run ${parent.runId}, of whose step ${parent.path} this is a chunk, has ended`;
  const error = { step: null, class: "refused", message, details: {} } as const;
  return { kind: "failed", error, heals: false, retryAfterMs: 0 };
}

/** How a run ends for what no step is to blame for. */
export function failedBy(
  { class: errorClass, message, details, final }: FlowError,
  lastDelivery: boolean,
): RunEnd {
  const error = { step: null, class: errorClass, message, details: isObject(details) ? details : {} };
  return { kind: "failed", error, heals: heals(errorClass) && !lastDelivery && !final, retryAfterMs: 0 };
}

function diedTwice(): FlowError {
  return new FlowError(
    "internal",
    "the process died twice at this step, the second time with no other run beside it: it is not tried a third time. Look for what takes its memory, then redrive the run",
  );
}
