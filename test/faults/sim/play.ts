import { cancelRun } from "../../../lib/app/cancel-run.ts";
import { changeSplits } from "../../../lib/app/change-splits.ts";
import { ingestEvent } from "../../../lib/app/ingest-event.ts";
import { redriveRun } from "../../../lib/app/redrive-run.ts";
import { replayRun } from "../../../lib/app/replay-run.ts";
import { runBatch } from "../../../lib/app/run-batch.ts";
import { sweep } from "../../../lib/app/sweep.ts";
import type { WebhookAnswer } from "../../../lib/app/webhook-answer.ts";
import { webhookPathOf } from "../../../lib/app/webhook-url.ts";
import { formatJson, type Json } from "../../../lib/core/json.ts";
import { withSplit } from "../../../lib/core/split.ts";
import { chanceOf } from "../random/chance.ts";
import { createAtWork } from "./at-work.ts";
import { createLambdaHost } from "./lambda-host.ts";
import { AT_ONCE } from "./limited-workloads.ts";
import type { Act, Plan } from "./plan.ts";
import { createScheduler } from "./scheduler.ts";
import type { Fate, SimProcess } from "./sim-process.ts";
import { createSimulatedStage, ORG, type SimulatedStage, STAGE, WEBHOOK_KEY } from "./simulated-stage.ts";
import { createTableWatch, type TableWatch } from "./table-watch.ts";
import type { Trace } from "./trace.ts";
import type { Workload } from "./workload.ts";

/** What happened to one run that explains how it ended. */
export interface RunNotes {
  /** Processes that died while they had it. */
  deaths: number;
  /** Requests of it that met trouble at the other side, and processes that stood still with it. */
  troubles: number;
  /** Most deliveries of one of its messages. */
  deliveries: number;
  /** Somebody asked for its cancellation. */
  cancelled: boolean;
  redriven: boolean;
}

/** One attempt of a sender to deliver an event. */
export interface Delivered {
  readonly workload: Workload;
  readonly event: Json;
  /** Undefined: nobody answered. */
  readonly answer: WebhookAnswer | undefined;
  /** Runs that this attempt may have made. */
  readonly runIds: readonly string[];
}

/** A world after everything has come to rest. */
export interface Played {
  readonly plan: Plan;
  readonly stage: SimulatedStage;
  readonly watch: TableWatch;
  readonly deliveries: readonly Delivered[];
  readonly notes: ReadonlyMap<string, RunNotes>;
  /** Promises that were broken on the way. */
  readonly broken: readonly string[];
  /** How often each kind of fault was injected. */
  readonly faults: ReadonlyMap<string, number>;
  readonly invocations: number;
  readonly happenings: number;
  /** Milliseconds of the world. */
  readonly lasted: number;
  /** False: something still moved when time was up. */
  readonly isQuiet: boolean;
}

const START = Date.UTC(2026, 0, 2, 3, 4, 5);
const MINUTE = 60_000;
const INGEST_MS = 29_000;
const SWEEP_MS = 60_000;
// Longer than every wait of every case, and than the queue keeps a message.
const LONGEST_MS = 6 * 86_400_000;
// A call that is longer than an invocation is begun anew until its run has taken an hour, seven runs one after the other.
const MOST_HAPPENINGS = 50_000;
const MOST_TRIES = 6;
// With these a runner whose time is nearly up can release whatever it has.
const SHORT_LATENCY_MS = 300;

/** Plays a plan until nothing moves any more. */
export async function play(plan: Plan, trace: Trace = () => {}): Promise<Played> {
  const chance = chanceOf(plan.seed);
  const scheduler = createScheduler(START, chance.fraction);
  const broken: string[] = [];
  const faults = new Map<string, number>();
  const notes = new Map<string, RunNotes>();
  const deliveries: Delivered[] = [];
  const told = (who: string, what: string) => trace(`${clockText(scheduler.now())} ${who}`, what);
  const breaks = (promise: string, what: string) => {
    told("BROKEN", `${promise}: ${what}`);
    broken.push(`${promise}: ${what}`);
  };
  const injected = (kind: string) => void faults.set(kind, (faults.get(kind) ?? 0) + 1);
  const processes: SimProcess[] = [];
  // Who stood still while its run was taken from it comes back at the worst time: just then.
  const watch = createTableWatch(breaks, (owner) => {
    const loser = processes.find(({ drawn, isFrozen }) => isFrozen && drawn.has(owner));
    if (loser && chance.often(0.7)) loser.thaw(chance.scaled(1, 2_000));
  });
  const noteOf = (runId: string): RunNotes => {
    const note = notes.get(runId) ?? {
      deaths: 0,
      troubles: 0,
      deliveries: 0,
      cancelled: false,
      redriven: false,
    };
    notes.set(runId, note);
    return note;
  };
  /** A runner notices some seconds later that somebody cancelled its run, or the one above it. */
  const isCancelled = (runId: string): boolean => {
    const run = watch.runs.get(runId);
    const here = run?.ends.at(-1) === "cancelled" || noteOf(runId).cancelled;
    return here || (run?.parent !== undefined && isCancelled(run.parent));
  };
  const atWork = createAtWork(AT_ONCE, (what) => breaks("concurrency", what));
  let poll = () => {};
  const stage = createSimulatedStage(plan, scheduler, chance, told, {
    watch,
    injected,
    refused: (what) => breaks("limits", what),
    troubled(runId) {
      noteOf(runId).troubles += 1;
    },
    visibleAfter: (ms) => void scheduler.after(ms, () => poll()),
    leaving(process, runId, path, url) {
      const run = watch.runs.get(runId);
      const holds = run?.owner !== undefined && process.drawn.has(run.owner);
      if (holds && run.settled.has(path))
        breaks("P5", `step ${path} of run ${runId} has an entry and runs again`);
      if (!holds && !process.hasStalled && !isCancelled(runId))
        breaks("P5", `step ${path} of run ${runId} runs in ${process.name}, which does not hold the run`);
      const isCounted = stage.workloadOf(run?.workflow ?? "")?.limited === "concurrency";
      return isCounted ? atWork.begin(url.slice(url.lastIndexOf("/")), process, runId) : () => {};
    },
  });
  const { isStormy, queue } = stage;
  const fate = (ms: number): Fate => {
    if (!isStormy()) return {};
    if (chance.often(plan.dying)) return { diesAt: chance.scaled(1, 60) };
    if (!chance.often(plan.stalling)) return {};
    const stallMs = chance.often(0.7) ? chance.between(ms, 3 * ms) : chance.scaled(1_000, ms);
    return { stallsAt: chance.scaled(1, 40), stallMs };
  };
  const started = (kind: string): SimProcess => {
    const process = stage.startProcess(kind);
    processes.push(process);
    return process;
  };
  const host = <Sandbox>(
    kind: string,
    build: (process: ReturnType<SimulatedStage["startProcess"]>) => Sandbox,
  ) => createLambdaHost({ scheduler, chance, injected, fate, build, start: () => started(kind) });
  const ingest = host("ingest", stage.ingest);
  const runner = host("runner", stage.runner);
  const sweeper = host("sweeper", stage.sweeper);
  const operator = host("operator", stage.operator);
  const hosts = [ingest, runner, sweeper, operator];
  let pending = 0;
  let polling = 0;

  const invokeRunner = async (): Promise<void> => {
    const batch = queue.receive(chance.between(1, plan.batchSize));
    if (batch.length === 0) return;
    const runIds = batch.map(({ body }) => String(JSON.parse(body).run_id));
    for (const [at, runId] of runIds.entries())
      noteOf(runId).deliveries = Math.max(noteOf(runId).deliveries, batch[at]?.receiveCount ?? 0);
    if (isStormy() && chance.often(plan.overPolled)) return injected("queue: received and not executed");
    const isShort = isStormy() && chance.often(plan.short);
    const ms = isShort ? chance.scaled(1_000, plan.invocationMs) : plan.invocationMs;
    if (isShort) injected("process: less time than usual");
    const deadline = scheduler.now() + ms;
    const isCalm = !isStormy() && plan.latencyMs[1] <= SHORT_LATENCY_MS;
    let used: ReturnType<SimulatedStage["startProcess"]> | undefined;
    const again = await runner.invoke(ms, (sandbox, process) => {
      used = process;
      const ahead = process.clock.now() - scheduler.now();
      return runBatch(sandbox, batch, { deadline: deadline + ahead });
    });
    if (isCalm && !used?.isAlive && scheduler.now() >= deadline)
      breaks("P2", `${used?.name} had not ended when its time was over, with ${runIds.join(", ")}`);
    for (const runId of runIds) {
      if (!used?.isAlive) noteOf(runId).deaths += 1;
      if (used?.hasStalled) noteOf(runId).troubles += 1;
    }
    if (!again) return;
    for (const { messageId, receiptHandle } of batch) {
      if (again.includes(messageId)) continue;
      if (isStormy() && chance.often(plan.undeletedByConsumer))
        injected("queue: a handled message not deleted");
      else queue.delete(receiptHandle);
    }
  };
  poll = () => {
    if (polling >= plan.concurrency || !queue.hasVisible()) return;
    polling += 1;
    void invokeRunner().finally(() => {
      polling -= 1;
      poll();
    });
    poll();
  };

  const deliver = async (workload: Workload, event: Json, left: number): Promise<void> => {
    let drawn: ReadonlySet<string> = new Set();
    let before = 0;
    const answer = await ingest.invoke(INGEST_MS, (sandbox, process) => {
      drawn = process.drawn;
      before = drawn.size;
      return ingestEvent(sandbox, {
        method: "POST",
        origin: "https://hooks.example",
        rawQuery: "",
        sourceIp: "192.0.2.1",
        path: webhookPathOf(STAGE, workload.name, ORG, WEBHOOK_KEY),
        query: {},
        headers: { "content-type": "application/json" },
        body: new TextEncoder().encode(formatJson(event)),
      });
    });
    const isCut = isStormy() && answer !== undefined && chance.often(plan.dying / 4);
    if (isCut) injected("sender: the answer got lost");
    told("sender", `${workload.about}: ${isCut ? "cut" : (answer?.status ?? "no answer")}`);
    deliveries.push({
      workload,
      event,
      answer: isCut ? undefined : answer,
      runIds: [...drawn].slice(before),
    });
    // A sender who waits may be told of the run's end.
    if ((!isCut && (answer?.status === 202 || answer?.status === 200)) || left === 0) return;
    await scheduler.clock.sleep(chance.scaled(1_000, 2 * MINUTE));
    return deliver(workload, event, left - 1);
  };
  const operate = async (kind: "redrive" | "cancel" | "replay"): Promise<void> => {
    const known = [...watch.runs.values()].filter(
      ({ exists, ends, isChunk }) => exists && !isChunk && (kind !== "redrive" || ends.at(-1) === "failed"),
    );
    if (known.length === 0) return;
    const { runId, workflow } = chance.pick(known);
    const workload = stage.workloadOf(workflow);
    if (kind === "cancel") noteOf(runId).cancelled = true;
    if (kind === "redrive") noteOf(runId).redriven = true;
    injected(`operator: ${kind}`);
    const work = async (sandbox: ReturnType<SimulatedStage["operator"]>): Promise<object> => {
      if (kind === "cancel") return cancelRun(sandbox, runId);
      if (kind === "redrive") return redriveRun(sandbox, runId);
      const version = sandbox.catalog.current(workflow);
      if (!version || !workload) return {};
      const { name, hash, history } = version;
      return replayRun(sandbox, runId, { version: { name, hash, retentionDays: history.retentionDays } });
    };
    const result = await operator
      .invoke(10 * MINUTE, work)
      .catch((thrown: Error) => ({ kind: thrown.message }));
    told("operator", `${kind} ${runId}: ${JSON.stringify(result)}`);
  };
  const act = async ({ kind, workload: index, event }: Act): Promise<void> => {
    const workload = plan.workloads[index] as Workload;
    if (kind === "event") return deliver(workload, event ?? workload.event, MOST_TRIES);
    if (kind !== "deploy" && kind !== "rollback") return operate(kind);
    injected("deploy");
    told("operator", `deploys ${workload.about} anew`);
    stage.deploy(workload, 1);
    if (kind === "rollback") await rollBack(workload);
  };
  const rollBack = async (workload: Workload): Promise<void> => {
    injected("operator: rollback");
    const [base, { hash: version }] = workload.versions;
    const split = { version, base: base.hash, percent: 0, kind: "rollback", at: 0, by: "operator" } as const;
    const result = await operator
      .invoke(10 * MINUTE, async ({ store, splits }) => {
        await store.putVersion(base);
        return changeSplits(splits, (table) => withSplit(table, workload.name, split));
      })
      .catch((thrown: Error) => thrown.message);
    told("operator", `rolls ${workload.about} back: ${JSON.stringify(result)}`);
  };
  for (const one of plan.acts) {
    pending += 1;
    const end = () => {
      pending -= 1;
    };
    scheduler.after(one.at, () => void act(one).finally(end));
  }
  const tick = () => {
    scheduler.after(MINUTE, tick);
    if (sweeper.busy > 0 || (watch.nextDue() > scheduler.now() && !chance.often(0.02))) return;
    void sweeper.invoke(SWEEP_MS, sweep).catch((thrown: Error) => told("sweeper", thrown.message));
  };
  tick();

  const isQuiet = () =>
    pending === 0 &&
    !isStormy() &&
    queue.isEmpty &&
    hosts.every(({ busy }) => busy === 0) &&
    watch.nextDue() === Number.POSITIVE_INFINITY;
  const isOver = () => isQuiet() || scheduler.now() > START + plan.calmAfterMs + LONGEST_MS;
  const happenings = await scheduler.run(isOver, MOST_HAPPENINGS);
  return {
    plan,
    stage,
    watch,
    deliveries,
    notes,
    broken,
    faults,
    invocations: hosts.reduce((sum, { invocations }) => sum + invocations, 0),
    happenings,
    lasted: scheduler.now() - START,
    isQuiet: isQuiet(),
  };
}

function clockText(now: number): string {
  return new Date(now).toISOString().slice(5, 23);
}
