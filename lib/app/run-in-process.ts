import { readBody } from "../core/event-body.ts";
import { costOf, type JournalEntry } from "../core/journal.ts";
import type { Log } from "../core/ports/log.ts";
import type { RunStatus, StoredEvent } from "../core/run.ts";
import type { AnyStep, StepPorts } from "../core/step.ts";
import type { Workflow } from "../core/workflow.ts";
import {
  type EnvironmentSource,
  resolveEnvironment,
  STAGE_NAME,
  shortSecretWarnings,
} from "../engine/environment.ts";
import { executeRun } from "../engine/execute-run.ts";
import { Journal } from "../engine/journal.ts";
import { createWaits } from "../engine/waits.ts";
import { describeRun, type RunView } from "./describe-run.ts";

/** One run without store or queue. */
export interface InProcessRun {
  readonly workflow: Workflow;
  readonly event: StoredEvent;
  /** Where names get their values, the first wins. */
  readonly environment: readonly EnvironmentSource[];
  readonly stage: string;
  readonly steps: ReadonlyMap<string, AnyStep>;
  readonly ports: StepPorts;
  readonly log: Log;
  /** Aborting it, with a FlowError `cancelled` as the reason, ends the run as `cancelled`. */
  readonly signal: AbortSignal;
  /** Called as each step ends. */
  onStep?(entry: JournalEntry): void;
}

/** Runs a workflow once, here and now: every wait is waited for, and the first failure of a step for good is the run's. */
export async function runInProcess(request: InProcessRun): Promise<RunView> {
  const { workflow, event, ports, stage, log, onStep } = request;
  const startedAt = ports.clock.now();
  const runId = ports.random.timeOrderedUuid(startedAt);
  const journal = new Journal({
    past: [],
    append: async () => {},
    ...(onStep && { onEntry: onStep }),
  });
  const environment = resolveEnvironment(workflow, [...request.environment, { [STAGE_NAME]: stage }]);
  for (const message of shortSecretWarnings(environment)) log.write({ level: "warn", message });
  const forever = Number.POSITIVE_INFINITY;
  const waits = createWaits(ports.clock);
  const end = await executeRun(
    {
      workflow,
      run: { id: runId, attempt: 1, startedAt },
      stage,
      event: readBody(event),
      request: event.request,
      steps: request.steps,
      ports,
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
  const status: RunStatus = end.kind;
  const finishedAt = ports.clock.now();
  return describeRun({
    runId,
    workflow: workflow.name,
    hash: workflow.hash,
    stage,
    event,
    createdAt: startedAt,
    dueAt: startedAt,
    expiresAt: startedAt,
    status,
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
  });
}
