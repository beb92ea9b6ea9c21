import { readBody } from "../core/event-body.ts";
import { FlowError } from "../core/flow-error.ts";
import { costOf, type JournalEntry } from "../core/journal.ts";
import type { ClaimResult } from "../core/ports/run-store.ts";
import type { Workflow } from "../core/workflow.ts";
import { shortSecretWarnings } from "../engine/environment.ts";
import { executeRun, type RunEnd } from "../engine/execute-run.ts";
import { Journal } from "../engine/journal.ts";
import { createWaitedTime, type WaitedTime } from "../engine/waited-time.ts";
import { findVersion } from "./find-version.ts";
import { type Invocation, type Runner, runFields } from "./runner.ts";
import { type StageEnvironment, stageEnvironment } from "./stage-environment.ts";
import { DAY_MS, HAND_OVER_MARGIN_MS, INVOCATION_MS, LONGEST_WAIT_MS } from "./timings.ts";

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
 * Executes a claimed run from where its journal ends.
 * @throws LeaseLost, or what the store or the secrets threw.
 */
export async function runAttempt(
  runner: Runner,
  claimed: Claimed,
  invocation: Invocation,
  lastDelivery: boolean,
): Promise<Attempt> {
  const { lease, run } = claimed;
  const { clock } = runner.ports;
  const startedAt = clock.now();
  let segment = claimed.nextSegment;
  const entries = [...run.journal];
  const journal = new Journal({
    past: run.journal,
    append: (batch) => {
      segment += 1;
      return runner.store.append(lease, segment - 1, batch);
    },
    careful: claimed.afterDeath,
    onEntry: (entry) => entries.push(entry),
  });
  const workflow = await findVersion(runner, run.workflow, run.hash);
  const waited = createWaitedTime(clock);
  const end = workflow
    ? await execute(runner, workflow, claimed, { journal, waited }, invocation, lastDelivery)
    : versionGone(run.workflow, run.hash, lastDelivery);
  const goesOn = end.kind === "paused" || (end.kind === "failed" && end.heals);
  if (goesOn) await journal.flush();
  return {
    end,
    tail: goesOn ? [] : await journal.takeTail(),
    journal: entries,
    redact: workflow?.history.redact ?? [],
    retentionMs: (workflow?.history.retentionDays ?? 0) * DAY_MS,
    costUsd: costOf(entries),
    spentMs: run.spentMs + clock.now() - startedAt - waited.total(),
  };
}

async function execute(
  runner: Runner,
  workflow: Workflow,
  { run, diedAlone, afterDeath }: Claimed,
  { journal, waited }: { readonly journal: Journal; readonly waited: WaitedTime },
  invocation: Invocation,
  lastDelivery: boolean,
): Promise<RunEnd> {
  let environment: StageEnvironment;
  try {
    environment = await stageEnvironment(runner, workflow);
  } catch (thrown) {
    if (!(thrown instanceof FlowError)) throw thrown;
    const error = { step: null, class: thrown.class, message: thrown.message, details: {} };
    return { kind: "failed", error, heals: !lastDelivery, retryAfterMs: 0 };
  }
  const now = runner.ports.clock.now();
  const startedAt = run.startedAt ?? now;
  const log = runner.log.with(runFields(run.runId, run.workflow, run.attempt));
  for (const warning of shortSecretWarnings(environment.current()))
    log.write({ level: "warn", message: warning });
  const execution = {
    workflow,
    run: { id: run.runId, attempt: run.attempt, startedAt },
    stage: run.stage,
    event: readBody(run.event),
    request: run.event.request,
    steps: runner.steps,
    ports: runner.ports,
    journal,
    limits: {
      get handOverAt() {
        return invocation.deadline - HAND_OVER_MARGIN_MS;
      },
      freshMs: INVOCATION_MS - HAND_OVER_MARGIN_MS,
      longestWaitMs: LONGEST_WAIT_MS,
    },
    runUntil: now + workflow.timeoutSeconds * 1000 - run.spentMs,
    waited,
    log,
    signal: new AbortController().signal,
    environment: environment.current,
    refreshEnvironment: environment.refresh,
    ...(afterDeath && diedAlone && { poison: diedTwice() }),
  };
  return executeRun(execution, lastDelivery);
}

function diedTwice(): FlowError {
  return new FlowError(
    "internal",
    "the process died twice at this step, the second time with no other run beside it: it is not tried a third time. Look for what takes its memory, then redrive the run",
  );
}

/** A runner may be older than the ingest that accepted the run, for as long as a deploy takes: later deliveries may find it. */
function versionGone(name: string, hash: string, lastDelivery: boolean): RunEnd {
  const message = `version ${hash.slice(0, 12)} of workflow ${name}, with which this run started, is neither deployed nor kept. Replay the event on the version of today`;
  return {
    kind: "failed",
    error: { step: null, class: "config_error", message, details: { hash } },
    heals: !lastDelivery,
    retryAfterMs: 0,
  };
}
