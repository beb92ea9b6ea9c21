import { type EnvironmentSource, STAGE_NAME } from "../core/environment-source.ts";
import { readBody } from "../core/event-body.ts";
import { costOf, type JournalEntry } from "../core/journal.ts";
import type { Cache } from "../core/ports/cache.ts";
import type { ChildRequest } from "../core/ports/child-runs.ts";
import type { Log } from "../core/ports/log.ts";
import type { ParentLink, RunRecord, StoredEvent } from "../core/run.ts";
import type { AnyStep } from "../core/step.ts";
import type { OutsidePorts } from "../core/step-context.ts";
import type { Workflow } from "../core/workflow.ts";
import { resolveEnvironment, shortSecretWarnings } from "../engine/environment.ts";
import { executeRun } from "../engine/execute-run.ts";
import { Journal } from "../engine/journal.ts";
import { createWaits } from "../engine/waits.ts";
import { describeRun, type RunView } from "./describe-run.ts";
import { createInProcessChildRuns, type InProcessChildRuns } from "./in-process-child-runs.ts";
import { eventOf, outcomeOf } from "./stage-child-runs.ts";

/** One run without store or queue. */
export interface InProcessRun {
  readonly workflow: Workflow;
  readonly event: StoredEvent;
  /** Where names get their values, the first wins. */
  readonly environment: readonly EnvironmentSource[];
  readonly stage: string;
  readonly steps: ReadonlyMap<string, AnyStep>;
  readonly ports: OutsidePorts;
  readonly cache: Cache;
  readonly log: Log;
  /** Aborting it, with a FlowError `cancelled` as the reason, ends the run as `cancelled`. */
  readonly signal: AbortSignal;
  /** The workflow of a name, for `run_workflow`. @throws FlowError `config_error` when there is none. */
  find(name: string): Workflow;
  /** Called as each step ends, those of runs that steps start included: they stand `depth` runs below this one. */
  onStep?(entry: JournalEntry, depth: number): void;
}

/** Which run it is. */
interface Identity {
  readonly runId: string;
  readonly parent?: ParentLink;
}

/**
 * Runs a workflow once, here and now, and the runs that its steps start: every wait is waited for, and the first failure
 * of a step for good is the run's.
 */
export async function runInProcess(request: InProcessRun): Promise<RunView> {
  const { clock, random } = request.ports;
  const childRuns = createInProcessChildRuns({
    clock,
    check: (name) => void request.find(name),
    run: async (child: ChildRequest) => {
      const their = { ...request, workflow: request.find(child.workflow), event: eventOf(child) };
      return outcomeOf(await execute(their, child, childRuns));
    },
  });
  const record = await execute(request, { runId: random.timeOrderedUuid(clock.now()) }, childRuns);
  await childRuns.untilAllEnded();
  return describeRun(record);
}

async function execute(
  request: InProcessRun,
  { runId, parent }: Identity,
  childRuns: InProcessChildRuns,
): Promise<RunRecord> {
  const { workflow, event, ports, stage, log, onStep } = request;
  const depth = parent?.depth ?? 0;
  const startedAt = ports.clock.now();
  const journal = new Journal({
    past: [],
    append: async () => {},
    ...(onStep && { onEntry: (entry) => onStep(entry, depth) }),
  });
  const environment = resolveEnvironment(workflow, [...request.environment, { [STAGE_NAME]: stage }]);
  for (const message of shortSecretWarnings(environment)) log.write({ level: "warn", message });
  const forever = Number.POSITIVE_INFINITY;
  const waits = createWaits(ports.clock);
  const end = await executeRun(
    {
      workflow,
      run: { id: runId, attempt: 1, startedAt, depth },
      stage,
      event: readBody(event),
      request: event.request,
      steps: request.steps,
      ports: { ...ports, childRuns },
      cache: request.cache,
      journal,
      limits: {
        handOverAt: forever,
        freshMs: forever,
        longestWaitMs: forever,
      },
      runUntil: startedAt + workflow.timeoutSeconds * 1000,
      waits,
      log,
      signal: request.signal,
      environment: () => environment,
      refreshEnvironment: async () => false,
    },
    true,
  );
  if (end.kind === "paused") throw new Error("a run without limits cannot pause");
  const finishedAt = ports.clock.now();
  return {
    runId,
    workflow: workflow.name,
    hash: workflow.hash,
    stage,
    event,
    createdAt: startedAt,
    dueAt: startedAt,
    expiresAt: startedAt,
    ...(parent && { parent }),
    status: end.kind,
    attempt: 1,
    epoch: 1,
    failures: 0,
    startedAt,
    finishedAt,
    spentMs: finishedAt - startedAt - waits.total(),
    costUsd: costOf(journal.entries),
    journal: journal.entries,
    ...("error" in end && { error: end.error }),
    ...("reason" in end && { reason: end.reason }),
    ...("output" in end && end.output !== undefined && { output: end.output }),
  };
}
