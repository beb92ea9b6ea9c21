import { describe, expect, test } from "@jest/globals";
import { cancelRun } from "../../lib/app/cancel-run.ts";
import { describeRun } from "../../lib/app/describe-run.ts";
import { type Operator, operatorOf } from "../../lib/app/operator.ts";
import { redriveRun } from "../../lib/app/redrive-run.ts";
import { replayRun } from "../../lib/app/replay-run.ts";
import { runBatch } from "../../lib/app/run-batch.ts";
import type { Runner } from "../../lib/app/runner.ts";
import { sweep } from "../../lib/app/sweep.ts";
import { isSettled } from "../../lib/core/journal.ts";
import type { JsonObject } from "../../lib/core/json.ts";
import { LeaseLost, type RunStore } from "../../lib/core/ports/run-store.ts";
import { isFinal, type RunRecord } from "../../lib/core/run.ts";
import { everyOrder, FAULTS, type Strike } from "../support/faults.ts";
import { sampleClaim } from "../support/sample-run.ts";
import { createWorld, runIdOf, type World } from "../support/world.ts";
import { type FaultyStage, faultyStage, requestsIn, tableOfTrial } from "./trial.ts";
import type { FaultCase } from "./workflows.ts";

const call = (name: string): JsonObject => ({
  type: "http_call",
  url: `https://x.test/${name}`,
  output_to: name,
});
const ok = (name: string): JsonObject => ({ url: `https://x.test/${name}`, body: { from: name } });
const DAY_MS = 86_400_000;
const hour: JsonObject = { type: "wait", seconds: 3600 };

/** Fails once at its second step. */
const FAILS_ONCE: FaultCase = {
  file: { steps: [call("a"), call("b"), call("c")], on_failure: [call("alarm")], output: "${b.from}" },
  http: [
    ok("a"),
    { url: "https://x.test/b", answers: [{ status: 410 }, { body: { from: "b" } }] },
    ok("c"),
    ok("alarm"),
  ],
};
/** Waits for a run that waits for another one. */
const WAITS: FaultCase = {
  file: { steps: [call("a"), { type: "run_workflow", name: "child" }, call("late")] },
  workflows: {
    child: { steps: [{ type: "run_workflow", name: "grandchild" }] },
    grandchild: { steps: [hour, call("late")] },
  },
  http: [ok("a"), ok("late")],
};

/** A command under fault: what it needs first, what it does, and what must have come of it. */
interface Trial {
  readonly given: FaultCase;
  /** Whatever happens before it is repeated, it comes to the same. */
  readonly mayComeLate: boolean;
  readonly expected: unknown;
  prepare(stage: FaultyStage): Promise<string>;
  act(operator: Operator, runId: string, stage: FaultyStage): Promise<unknown>;
  outcome(stage: FaultyStage, runId: string): Promise<unknown>;
}

const mustGet = async (store: RunStore, runId: string): Promise<RunRecord> => {
  const run = await store.get(runId);
  if (!run) throw new Error(`no run ${runId}`);
  return run;
};
const ended = async (stage: FaultyStage): Promise<string> => {
  const runId = runIdOf(await stage.world.post({ n: 1 }));
  await stage.untilQuiet();
  return runId;
};
const urls = ({ faults }: FaultyStage) => requestsIn(faults.calls).map(({ url }) => url.slice(-1));
const listed = async ({ store, world }: FaultyStage, workflows: string[]) => {
  const until = world.clock.now();
  const found = await store.list({ workflows, limit: 50, until, since: until - DAY_MS });
  return Promise.all(found.map(({ runId }) => mustGet(store, runId)));
};

const TRIALS: { readonly [about: string]: Trial } = {
  "a redrive": {
    given: FAILS_ONCE,
    mayComeLate: true,
    expected: {
      status: "succeeded",
      output: "b",
      redrives: 1,
      steps: ["0 ok", "1 failed", "on_failure ok", "on_failure.0 ok", "1 ok", "2 ok"],
      calls: ["a", "b", "m", "b", "c"],
    },
    prepare: ended,
    act: (operator, runId) => redriveRun(operator, runId),
    async outcome(stage, runId) {
      const run = await mustGet(stage.store, runId);
      const { status, output, redrives, steps } = describeRun(run);
      return {
        status,
        output,
        redrives: redrives.length,
        steps: steps.map((step) => `${step.path} ${step.status}`),
        calls: urls(stage),
      };
    },
  },
  "a replay": {
    given: { ...FAILS_ONCE, file: { steps: [call("a"), call("c")], output: "${n}" } },
    mayComeLate: true,
    expected: {
      runs: [
        { status: "succeeded", output: 1, of: false },
        { status: "succeeded", output: 1, of: true },
      ],
      named: [true],
      calls: ["a", "c", "a", "c"],
    },
    prepare: ended,
    act: (operator, runId, { world }) => {
      const [version] = world.ingest.inputs.all();
      if (!version) throw new Error("no workflow");
      return replayRun(operator, runId, { version });
    },
    async outcome(stage, runId) {
      const runs = await listed(stage, ["example"]);
      const original = await mustGet(stage.store, runId);
      return {
        runs: runs
          .map(({ status, output, replayOf }) => ({ status, output, of: replayOf?.runId === runId }))
          .sort((a, b) => Number(a.of) - Number(b.of)),
        named: original.replays?.map((id) => runs.some((run) => run.runId === id)),
        calls: urls(stage),
      };
    },
  },
  "cancelling a run and the runs it waits for": {
    given: WAITS,
    mayComeLate: false,
    expected: {
      statuses: ["child cancelled", "example cancelled", "grandchild cancelled"],
      calls: ["a"],
    },
    async prepare({ world, store }) {
      const runId = runIdOf(await world.post({}));
      for (let left = 4; left > 0; left -= 1) await world.invoke();
      expect((await mustGet(store, runId)).status).toBe("waiting");
      return runId;
    },
    act: (operator, runId) => cancelRun(operator, runId),
    async outcome(stage) {
      const runs = await listed(stage, ["example", "child", "grandchild"]);
      return {
        statuses: runs.map(({ workflow, status }) => `${workflow} ${status}`).sort(),
        calls: urls(stage),
      };
    },
  },
};

/** Plays a trial, struck or not; the command is repeated, at once or when all is quiet, until it comes through. */
async function play(trial: Trial, onTable: boolean, strike?: Strike, late = false) {
  const given = { ...trial.given, ...(onTable && { table: tableOfTrial() }) };
  const stage = faultyStage(given, strike ? [strike] : []);
  const runId = await trial.prepare(stage);
  const before = stage.faults.calls.length;
  const act = () =>
    stage.faults.live(() => trial.act(operatorOf(stage.world.runner), runId, stage)).catch(() => undefined);
  const first = await act();
  const own = stage.faults.calls.length - before;
  if (late) await stage.untilQuiet();
  const answer = strike ? await act() : first;
  await stage.untilQuiet();
  return { before, own, answer, outcome: await trial.outcome(stage, runId) };
}

/** Strikes every call of a trial's command with every fault; where something else comes of it, what. */
async function strikeAll(trial: Trial, onTable: boolean) {
  const { before, own, outcome } = await play(trial, onTable);
  const strikes = Array.from({ length: own }, (_none, call) =>
    FAULTS.map((fault) => ({ at: before + call, fault })),
  ).flat();
  const broken = await Promise.all(
    strikes.map(async (strike) => {
      const found: unknown[] = [];
      for (const late of trial.mayComeLate ? [false, true] : [false]) {
        const struck = await play(trial, onTable, strike, late);
        if (struck.answer === undefined || JSON.stringify(struck.outcome) !== JSON.stringify(outcome))
          found.push({ ...strike, late, ...struck });
      }
      return found;
    }),
  );
  return { own, broken: broken.flat(), outcome };
}

describe.each(Object.entries(TRIALS))(
  "%s that is struck at any of its calls, and repeated",
  (_about, trial) => {
    test.each([
      { store: "in memory", onTable: false },
      { store: "on a table, at each of its requests", onTable: true },
    ])("comes to exactly what it comes to undisturbed, $store", async ({ onTable }) => {
      const { own, broken, outcome } = await strikeAll(trial, onTable);
      expect(broken).toEqual([]);
      expect(own).toBeGreaterThanOrEqual(3);
      expect(outcome).toEqual(trial.expected);
    });
  },
);

type Gate = <T>(call: () => Promise<T>) => Promise<T>;

/** An operator whose every call waits for its turn. */
function gated({ store, queue, ...rest }: Operator, gate: Gate): Operator {
  return {
    ...rest,
    store: {
      ...store,
      get: (runId) => gate(() => store.get(runId)),
      claim: (...claim) => gate(() => store.claim(...claim)),
      finish: (...finish) => gate(() => store.finish(...finish)),
      status: (runId) => gate(() => store.status(runId)),
      redrive: (...redrive) => gate(() => store.redrive(...redrive)),
    },
    queue: { ...queue, send: (...message) => gate(() => queue.send(...message)) },
  };
}

describe("every order of calls", () => {
  test("of two who redrive a run at once, and the sweeper: one redrive, one more attempt", async () => {
    const orders = await everyOrder(
      async () => {
        const { file, http = [] } = FAILS_ONCE;
        const world = createWorld({ file, http });
        const runId = runIdOf(await world.post({}));
        await world.settle();
        const redriving = (gate: Gate) => redriveRun(gated(operatorOf(world.runner), gate), runId);
        const { store, queue, clock, log, runner } = world;
        const sweeping = (gate: Gate) => {
          const later = { ...clock, now: () => clock.now() + 2 * runner.timings.lookAfterMs };
          const swept: RunStore = {
            ...store,
            due: (...due) => gate(() => store.due(...due)),
            postpone: (...postpone) => gate(() => store.postpone(...postpone)),
          };
          return sweep({
            store: swept,
            queue,
            clock: later,
            log,
            metrics: runner.metrics,
            timings: runner.timings,
          });
        };
        return { scene: { world, runId }, actors: [redriving, redriving, sweeping] };
      },
      async ({ world, runId }, order) => {
        await world.settle();
        const run = await world.run(runId);
        expect([order, run.status, run.redrives?.length, run.attempt]).toEqual([order, "succeeded", 1, 2]);
      },
    );
    expect(orders).toBeGreaterThan(100);
  });

  test("of a redrive and a runner that stalled before the run failed: the runner changes nothing", async () => {
    const orders = await everyOrder(
      async () => {
        const { file, http = [] } = FAILS_ONCE;
        const world = createWorld({ file, http });
        const { store, clock } = world;
        const runId = runIdOf(await world.post({}));
        const stalled = await store.claim(runId, sampleClaim(clock.now(), { inCompany: true }));
        if (stalled.kind !== "claimed") throw new Error("not claimed");
        clock.advance(120_000);
        await world.invoke();
        expect((await world.run(runId)).status).toBe("failed");
        const entry = {
          path: "late",
          id: "late",
          type: "jq",
          status: "ok",
          startedAt: 0,
          durationMs: 0,
          attempts: 1,
          patch: [],
        } as const;
        const refused: string[] = [];
        const writing = async (gate: Gate) => {
          const { lease, nextSegment } = stalled;
          for (const write of [
            () => store.append(lease, nextSegment, [entry]),
            () => store.release(lease, { status: "queued", dueAt: 0, spentMs: 0, costUsd: 0, failures: 9 }),
            () =>
              store.finish(lease, {
                status: "dropped",
                finishedAt: 0,
                spentMs: 0,
                costUsd: 0,
                tail: [entry],
              }),
          ])
            await gate(write).catch((thrown) =>
              refused.push(thrown instanceof LeaseLost ? "lost" : String(thrown)),
            );
        };
        const redriving = (gate: Gate) => redriveRun(gated(operatorOf(world.runner), gate), runId);
        const running = (gate: Gate) => gate(async () => void (await world.invoke()));
        return { scene: { world, runId, refused }, actors: [writing, redriving, running] };
      },
      async ({ world, runId, refused }, order) => {
        await world.settle();
        const run = await world.run(runId);
        expect([order, run.status, refused]).toEqual([order, "succeeded", ["lost", "lost", "lost"]]);
        expect(run.journal.map(({ path }) => path)).not.toContain("late");
      },
    );
    expect(orders).toBeGreaterThan(50);
  });

  test("of somebody who cancels and a runner: final once, nothing is written behind it, and no step runs twice", async () => {
    const broken: unknown[] = [];
    const statuses = new Set<string>();
    const orders = await everyOrder(
      async () => {
        let kept: RunStore | undefined;
        const ends: string[] = [];
        const world = createWorld({
          file: { steps: [call("a"), call("c")] },
          http: [ok("a"), ok("c")],
          wrapStore(store) {
            kept = {
              ...store,
              async finish(lease, finish) {
                await store.finish(lease, finish);
                ends.push(finish.status);
              },
            };
            return kept;
          },
        });
        const store = kept as RunStore;
        const runId = runIdOf(await world.post({}));
        const running = async (gate: Gate) => {
          const runner: Runner = {
            ...world.runner,
            store: {
              ...store,
              putVersion: async () => {},
              claim: (...claim) => gate(() => store.claim(...claim)),
              append: (...segment) => gate(() => store.append(...segment)),
              finish: (...finish) => gate(() => store.finish(...finish)),
            },
            ports: {
              ...world.runner.ports,
              http: { send: (request) => gate(() => world.runner.ports.http.send(request)) },
            },
          };
          await runBatch(runner, world.queue.receive(1), { deadline: world.clock.now() + 900_000 });
        };
        const cancelling = (gate: Gate) => cancelRun(gated(operatorOf(world.runner), gate), runId);
        return { scene: { world, store, runId, ends }, actors: [running, cancelling, cancelling] };
      },
      async (
        { world, store, runId, ends }: { world: World; store: RunStore; runId: string; ends: string[] },
        order,
      ) => {
        const run = await mustGet(store, runId);
        await world.settle();
        const settled = run.journal.filter(isSettled).map(({ path }) => path);
        const isRight =
          isFinal(run.status) &&
          ends.length === 1 &&
          new Set(settled).size === settled.length &&
          JSON.stringify(await store.get(runId)) === JSON.stringify(run);
        statuses.add(run.status);
        if (!isRight) broken.push({ order, ends, status: run.status, settled });
      },
    );
    expect(broken).toEqual([]);
    expect([...statuses].sort()).toEqual(["cancelled", "succeeded"]);
    expect(orders).toBeGreaterThan(100);
  });
});
