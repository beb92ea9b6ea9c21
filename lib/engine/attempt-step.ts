import { type FlowError, isTheirs, toFlowError } from "../core/flow-error.ts";
import type { Usage, Write } from "../core/journal.ts";
import type { Interruption, StepResult } from "../core/step-result.ts";
import { awaitRuns } from "./await-runs.ts";
import { backoffMs, mayRetry } from "./backoff.ts";
import { entryTraits } from "./entry-traits.ts";
import type { Execution } from "./execution.ts";
import { isOnlyOnce, knownOutcome, outcomeLost } from "./only-once.ts";
import { spendWait } from "./spend-wait.ts";
import { type AttemptTraits, stepContext } from "./step-context.ts";
import { stepParams, withAlternative } from "./step-params.ts";
import { failureIn, type StepEnd, type StepRecord } from "./step-record.ts";
import { fitsOnlyElsewhere, withTimeLimit } from "./time-limit.ts";
import { waitUntil } from "./wait-until.ts";
import type { AttemptEnd, Attempted, Place, Walk } from "./walk.ts";

type AwaitsRun = Extract<StepResult, { readonly kind: "await_runs" }>;

/**
 * Tries a step until it succeeds, its retries and then its alternatives are used up, or its next wait is too long to
 * be spent here (then the run pauses and the attempts so far are kept). Failures come back as a value; when every
 * alternative failed too, the one of the step as its file gives it.
 */
export async function attemptStep(
  walk: Walk,
  place: Place,
  record: StepRecord,
  hidden: Map<string, Write>,
): Promise<Attempted> {
  const { execution } = walk;
  const { node, path, definition } = place;
  const { journal, ports } = execution;
  const onlyOnce = isOnlyOnce(place);
  const before = journal.unsettled(path);
  if (before?.status === "retrying" || before?.status === "waiting") record.takeUp(before);
  const unknown = before && onlyOnce && outcomeLost(place, before);
  if (unknown) return { result: failed(place, unknown, before.attempts), attempts: before.attempts };
  const awaitsRun = before?.status === "waiting" && (before.children ?? before.chunks) !== undefined;
  // A cached step's entry of this kind says that it waited for another run's result.
  if (before?.status === "waiting" && before.dueAt !== undefined && !node.cache)
    return { result: await waitUntil(walk, place, record, before.dueAt), attempts: before.attempts };
  let attempts = before?.status === "retrying" ? before.attempts : awaitsRun ? before.attempts - 1 : 0;
  const early = before?.status === "retrying" && (await untilDue(walk, place, before.dueAt ?? 0, attempts));
  if (early) return { result: early, attempts };
  let refreshed = false;
  let alternative = before?.alternative ?? 0;
  let failure = alternative > 0 && before ? failureIn(before) : undefined;
  let spent: Usage | undefined;
  const retryLater = (made: number, more: Partial<StepEnd> = {}): void => {
    const end = { status: "retrying", attempts: made, usage: spent, alternative } as const;
    const first = failure && alternative > 0 ? { failure } : {};
    journal.record(record.entry({ ...end, ...first, ...more }, ports.clock.now()), entryTraits(place));
  };
  const begunWith = place.view.state;
  for (;;) {
    // What an earlier attempt's steps wrote comes back as they are passed, as in another process.
    if (definition.blocks) place.view.rewind(begunWith);
    if (definition.effect) await journal.beforeEffect();
    attempts += 1;
    if (onlyOnce) {
      journal.record(record.entry({ status: "started", attempts }, ports.clock.now()), {
        effect: true,
        repeatable: false,
      });
      await journal.flush();
    }
    const traits = { attempt: attempts, alternative, spent };
    const { result, more } = await tryUntilEnd(walk, place, record, hidden, traits);
    // An attempt that was cut short does not count, those before it do.
    if (result.kind === "pause" && attempts > 1 && !onlyOnce && !isNamed(walk, path))
      retryLater(attempts - 1);
    if (result.kind !== "fail" || result.failure.endsRun)
      return { result, attempts, spent, substitute: alternative > 0 };
    const { error } = result.failure;
    // A step inside a block says itself what it spent.
    if (result.failure.path === path) spent = error.usage ?? spent;
    if (error.status === 401 && !refreshed && (await execution.refreshEnvironment())) {
      refreshed = true;
      attempts -= 1;
      continue;
    }
    if (alternative > 0 || !mayRetry(node.retry, attempts, error)) {
      failure ??= result.failure;
      if (!more || !isTheirs(error)) {
        const last = alternative > 0 ? { ...failure, attempts } : failure;
        return { result: { kind: "fail", failure: last }, attempts, spent };
      }
      alternative += 1;
      record.failedAttempt(error, 0);
      record.log({
        level: "warn",
        message: `attempt ${attempts} of ${node.id} failed (${error.class}): ${error.message}; next with ${definition.alternatives?.from}.${alternative - 1}`,
      });
      if (!onlyOnce && fitsOnlyElsewhere(execution, place)) {
        retryLater(attempts);
        return { result: { kind: "pause", pause: { reason: "hand_over" } }, attempts, spent };
      }
      continue;
    }
    const waitMs = backoffMs(node.retry, attempts, ports.random.next(), error.retryAfterMs);
    record.failedAttempt(error, waitMs);
    record.log({
      level: "warn",
      message: `attempt ${attempts} of ${node.id} failed (${error.class}): ${error.message}; next in ${waitMs} ms`,
    });
    const dueAt = ports.clock.now() + waitMs;
    const leave = await untilDue(walk, place, dueAt, attempts);
    if (leave?.kind === "pause") retryLater(attempts, { dueAt, failure: result.failure });
    if (leave) return { result: leave, attempts, spent };
  }
}

/** Waits for the next attempt. Gives the step's end where that is to be made elsewhere, or not at all. */
async function untilDue(
  walk: Walk,
  place: Place,
  dueAt: number,
  attempts: number,
): Promise<Interruption | undefined> {
  const leave = await spendWait(walk, place, dueAt);
  if (leave?.kind === "fail") return { ...leave, failure: { ...leave.failure, attempts } };
  if (leave) return leave;
  return fitsOnlyElsewhere(walk.execution, place)
    ? { kind: "pause", pause: { reason: "hand_over" } }
    : undefined;
}

/** One attempt to its end: where it waits for another run, it looks until that has ended, or leaves. */
async function tryUntilEnd(
  walk: Walk,
  place: Place,
  record: StepRecord,
  hidden: Map<string, Write>,
  traits: AttemptTraits,
): Promise<{ readonly result: AttemptEnd; readonly more: boolean }> {
  for (;;) {
    const { result, more } = await tryOnce(walk, place, record, hidden, traits);
    if (result.kind !== "await_runs") return { result, more };
    const leave = await awaitRuns(walk, place, result);
    if (leave) return { result: leave, more };
  }
}

/** One attempt: parameters, time limit, and every throw made a value. `more`: there is a further alternative. */
async function tryOnce(
  walk: Walk,
  place: Place,
  record: StepRecord,
  hidden: Map<string, Write>,
  traits: AttemptTraits,
): Promise<{ readonly result: AttemptEnd | AwaitsRun; readonly more: boolean }> {
  const { execution } = walk;
  const { node, definition, view } = place;
  const { clock } = execution.ports;
  const begunAt = clock.now();
  let more = false;
  try {
    const lookup = walk.lookup(view, (message) => record.warn(message));
    const given = stepParams(node, definition, lookup);
    const chosen = withAlternative(given, definition, traits.alternative);
    more = chosen.more;
    const result = await withTimeLimit(execution, place, traits.attempt, (signal) =>
      definition.run(chosen.params as never, stepContext(walk, place, { record, hidden, signal, ...traits })),
    );
    return { result: await endOfAttempt(result, walk, place, record, traits.attempt), more };
  } catch (thrown) {
    if (execution.journal.isFailure(thrown)) throw thrown;
    const error = knownOutcome(place, toFlowError(thrown));
    if (error.class === "internal" && error.cause !== undefined) reportFault(execution, place.path, error);
    const endsRun = error.class === "cancelled" || execution.signal.aborted;
    const end = failed(place, error, traits.attempt, endsRun, clock.now() - begunAt);
    return { result: end, more };
  }
}

function endOfAttempt(
  result: StepResult,
  walk: Walk,
  place: Place,
  record: StepRecord,
  attempt: number,
): AttemptEnd | AwaitsRun | Promise<AttemptEnd> {
  if (result.kind === "wait") return waitUntil(walk, place, record, result.dueAt);
  if (result.kind === "fail_run") {
    const { path, node } = place;
    const why = { error: result.error, attempts: attempt, endsRun: true, asFileSays: true } as const;
    return { kind: "fail", failure: { path, id: node.id, ...why, durationMs: 0 } };
  }
  return result;
}

function failed(
  { path, node }: Place,
  error: FlowError,
  attempts: number,
  endsRun = false,
  durationMs = 0,
): AttemptEnd {
  const failure = { path, id: node.id, error, attempts, durationMs, ...(endsRun && { endsRun }) };
  return { kind: "fail", failure };
}

/** The attempt is in the journal already, with the run that it awaits. */
function isNamed({ execution }: Walk, path: string): boolean {
  return execution.journal.unsettled(path)?.status === "waiting";
}

/** A fault of ours is a failure of the step, and never silent. */
function reportFault({ log }: Execution, step: string, { message, cause }: FlowError): void {
  const stack = cause instanceof Error ? (cause.stack ?? "") : String(cause);
  log.with({ step }).write({ level: "error", message, fields: { stack } });
}
