import { FlowError } from "../core/flow-error.ts";
import type { ChildOutcome, ChildRequest, ChildRuns } from "../core/ports/child-runs.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { Metrics } from "../core/ports/metrics.ts";
import type { Queue } from "../core/ports/queue.ts";
import type { RunStore } from "../core/ports/run-store.ts";
import type { WorkflowCatalog } from "../core/ports/workflow-catalog.ts";
import { type ClaimedRun, isFinal, type RunRecord, type StoredEvent, timeOfRunId } from "../core/run.ts";
import { type InputEntry, inputTable, isDeployedTo, type Workflow } from "../core/workflow.ts";
import { nameHint } from "../language/nearest-name.ts";
import { describeRun } from "./describe-run.ts";
import { ownEvent } from "./own-event.ts";
import { type ServingPlace, servedEntry } from "./served-entry.ts";
import { storeEvent } from "./store-event.ts";
import { DAY_MS, type Timings } from "./timings.ts";

/** What starting runs in a stage needs. */
export interface StageChildRunsOptions extends Pick<ServingPlace, "splits" | "log"> {
  readonly store: RunStore;
  readonly queue: Queue;
  readonly catalog: WorkflowCatalog;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly stage: string;
  readonly timings: Timings;
}

/** Runs beside the one that starts them, by store and queue; whoever ends one tells the run that waits for it. */
export function createStageChildRuns(place: StageChildRunsOptions, run?: ClaimedRun): ChildRuns {
  return {
    async check(workflow) {
      deployed(place, workflow);
    },
    async start(request) {
      const { runId, parent } = request;
      const carried = inputTable([deployed(place, request.workflow)])[0] as InputEntry;
      const entry = await servedEntry(place, carried, () => runId);
      const now = timeOfRunId(runId);
      if (now + entry.retentionDays * DAY_MS <= place.clock.now()) throw forgotten(runId, entry.name);
      await storeEvent(place, entry, eventOf(request, run), { runId, parent, now });
    },
    async outcome(runId) {
      const status = await place.store.status(runId);
      if (status === undefined) return { kind: "missing" };
      if (!isFinal(status)) return { kind: "under_way", queued: status === "queued" };
      const run = await place.store.get(runId);
      return run ? outcomeOf(run) : { kind: "missing" };
    },
    untilEnd: (_runId, ms, signal) => place.clock.sleep(ms, signal),
  };
}

/** What the end of a run means to the one that waits for it. */
export function outcomeOf(run: RunRecord): ChildOutcome {
  const { status, output, reason, error } = describeRun(run);
  switch (status) {
    case "succeeded":
      return { kind: status, output };
    case "dropped":
      return { kind: status, reason: reason ?? "" };
    case "failed":
    case "cancelled":
      return {
        kind: status,
        class: error?.class ?? "internal",
        message: error?.message ?? "no reason is kept",
        step: error?.step ?? null,
      };
    default:
      return { kind: "under_way", queued: status === "queued" };
  }
}

/** The event that a step gives to the run it starts. */
export function eventOf({ runId, event, parent }: ChildRequest, maker?: ClaimedRun): StoredEvent {
  const deliveryId = `${parent.runId}/${parent.path}`;
  return ownEvent("RUN", event, { madeAt: timeOfRunId(runId), deliveryId, maker });
}

/** Nobody asked for so long that its history is gone: it may have run. */
function forgotten(runId: string, name: string): FlowError {
  return new FlowError(
    "unknown_outcome",
    `the history of run ${runId} of ${name} is not kept any more: whether it ran is not known`,
    { final: true },
  );
}

function deployed({ catalog, stage }: StageChildRunsOptions, name: string): Workflow {
  const here = catalog.all().filter((workflow) => isDeployedTo(stage, workflow));
  const found = here.find((workflow) => workflow.name === name);
  if (found) return found;
  const hint = nameHint(
    name,
    here.map((workflow) => workflow.name),
  );
  throw new FlowError(
    "config_error",
    `there is no workflow ${name} in the stage ${stage}${hint === undefined ? "" : `: ${hint}`}`,
  );
}
