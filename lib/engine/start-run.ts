import { heals, toFlowError } from "../core/flow-error.ts";
import { timeOfRunId } from "../core/run.ts";
import type { RunOrder, StartedRun } from "../core/step-context.ts";
import { entryTraits } from "./entry-traits.ts";
import type { Execution } from "./execution.ts";
import { depthBelow } from "./nesting.ts";
import type { StepRecord } from "./step-record.ts";
import type { Place, Walk } from "./walk.ts";

/** A run that nobody has taken up by then is sent again: its message may have got lost. */
const SEND_AGAIN_MS = 60_000;

const MISSING = { kind: "missing" } as const;

/**
 * The run that one attempt of a step starts, as it stands. It is named in the journal, then made: whoever takes the
 * attempt up after a crash finds the name, and of two runners only the one whose name was stored goes on. Where store or
 * queue cannot be reached the run itself cannot go on here, as with its journal.
 * @throws FlowError `config_error`, or what store and queue threw.
 */
export async function startRun(
  { execution }: Walk,
  place: Place,
  record: StepRecord,
  attempt: number,
  order: RunOrder,
): Promise<StartedRun> {
  const { childRuns } = execution.ports;
  const named = namedBefore(execution, place, attempt);
  const depth = depthBelow(execution, order.workflow);
  const parent = { runId: execution.run.id, path: place.path, awaits: order.awaits, depth };
  try {
    if (named === undefined) await childRuns.check(order.workflow);
    const runId = named ?? (await name(execution, place, record, attempt));
    const startedAt = timeOfRunId(runId);
    let outcome = named === undefined ? MISSING : await childRuns.outcome(runId);
    const isStuck =
      outcome.kind === "under_way" &&
      outcome.queued &&
      execution.ports.clock.now() - startedAt > SEND_AGAIN_MS;
    if (outcome.kind === "missing" || isStuck) {
      const event = execution.environment().redactor.json(order.event);
      await childRuns.start({ runId, workflow: order.workflow, event, parent });
      outcome = { kind: "under_way", queued: true };
    }
    return { runId, startedAt, outcome };
  } catch (thrown) {
    if (heals(toFlowError(thrown).class)) execution.journal.abandon(thrown);
    throw thrown;
  }
}

/** The run that this attempt has named already, here or in an earlier process. */
function namedBefore({ journal }: Execution, { path }: Place, attempt: number): string | undefined {
  const before = journal.unsettled(path);
  return before?.status === "waiting" && before.attempts === attempt ? before.children?.at(-1) : undefined;
}

async function name(
  { journal, ports }: Execution,
  place: Place,
  record: StepRecord,
  attempt: number,
): Promise<string> {
  const now = ports.clock.now();
  const runId = ports.random.timeOrderedUuid(now);
  record.startsRun(runId);
  const note = `run ${runId}`;
  journal.record(record.entry({ status: "waiting", attempts: attempt, note }, now), entryTraits(place));
  await journal.flush();
  return runId;
}
