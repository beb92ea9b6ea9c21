import { describe, expect, test } from "@jest/globals";
import { runBatch } from "../../lib/app/run-batch.ts";
import type { Runner } from "../../lib/app/runner.ts";
import { isSettled } from "../../lib/core/journal.ts";
import type { Json, JsonObject } from "../../lib/core/json.ts";
import type { RunStore } from "../../lib/core/ports/run-store.ts";
import { isFinal } from "../../lib/core/run.ts";
import { everyOrder } from "../support/faults.ts";
import { createWorld, runIdOf } from "../support/world.ts";
import { outcomeOf, play } from "./trial.ts";

const call = (name: string, body: Json = null): JsonObject => ({
  type: "http_call",
  url: `https://x.test/${name}`,
  method: "POST",
  body,
  output_to: name,
});
const http = ["a", "b", "c"].map((name) => ({ url: `https://x.test/${name}`, body: { from: name } }));
const stamp = { type: "add_timestamp", output_to: "at" };

const SCENES: { readonly [about: string]: JsonObject } = {
  "two effects": { steps: [call("a"), call("b", "${a.from}")] },
  "an effect that sees the time": { steps: [stamp, call("a", "${at}"), stamp] },
  "three effects": { steps: [call("a"), call("b"), call("c", "${b.from}")] },
  "a loop whose items run at once": {
    steps: [
      {
        type: "for_each",
        input_from: "ids",
        item_scope: "isolated",
        steps: [call("a", "${item}")],
        output_to: "all",
      },
    ],
  },
  "branches at once": {
    steps: [
      {
        type: "parallel",
        branches: {
          one: [call("a"), call("b", "${a.from}")],
          two: [{ type: "wait", seconds: 60 }, call("c")],
        },
      },
    ],
  },
  "a run of another workflow": {
    steps: [{ type: "run_workflow", name: "other", event: { n: 1 } }, call("a", "${run_workflow.c.from}")],
  },
  "a run of another workflow that nobody waits for": {
    steps: [{ type: "run_workflow", name: "other", event: { n: 1 }, await: false }, call("a")],
  },
  "a failure with its alarm": { steps: [call("a"), call("gone")], on_failure: [call("c")] },
  "a history that is blanked": {
    history: { redact: ["a.from"] },
    steps: [call("a"), call("b", "${a.from}")],
  },
};
const given = (file: JsonObject) => ({
  file,
  workflows: { other: { steps: [call("c", "${n}")] } },
  event: { ids: [1, 2] },
  http: [...http, { url: "https://x.test/gone", status: 410 }],
});

/** Runners with a message each for the same run, whose leases run out the moment they are taken. */
async function runnersOf(file: JsonObject, count: number) {
  let kept: RunStore | undefined;
  const ended: string[] = [];
  const world = createWorld({
    ...given(file),
    wrapStore(store) {
      kept = {
        ...store,
        async finish(lease, finish) {
          await store.finish(lease, finish);
          if (lease.runId === runId) ended.push(finish.status);
        },
      };
      return kept;
    },
  });
  const store = kept as RunStore;
  const runId = runIdOf(await world.post({ ids: [1, 2] }));
  for (let more = 1; more < count; more += 1) await world.queue.send({ runId });
  const late: string[] = [];
  const actors = world.queue
    .receive(count)
    .map((delivery) => async (gate: <T>(call: () => Promise<T>) => Promise<T>) => {
      const runner: Runner = {
        ...world.runner,
        store: {
          ...store,
          putVersion: async () => {},
          claim: (id, claim) => gate(() => store.claim(id, { ...claim, leaseUntil: claim.now })),
          append: (...segment) => gate(() => store.append(...segment)),
          release: (...release) => gate(() => store.release(...release)),
          finish: (...finish) => gate(() => store.finish(...finish)),
          create: (run) => gate(() => store.create(run)),
        },
        ports: {
          ...world.runner.ports,
          http: {
            async send(request) {
              const run = await store.get(runId);
              if (run && isFinal(run.status)) late.push(request.url);
              return world.runner.ports.http.send(request);
            },
          },
        },
      };
      await runBatch(runner, [delivery], { deadline: world.clock.now() + 900_000 });
      world.queue.acknowledge(delivery.receiptHandle);
    });
  return { scene: { world, store, runId, late, ended }, actors };
}

const TWO = Object.keys(SCENES).map((about) => ({ count: 2, about }));
const THREE = ["two effects", "a history that is blanked"].map((about) => ({ count: 3, about }));

describe("every order of the store calls of runners that work on one run at once", () => {
  test.each([...TWO, ...THREE])(
    "P2 P4 P5 P7 $count with $about: one ends the run as if alone, and none works on behind its end",
    async ({ count, about }) => {
      const file = SCENES[about] ?? {};
      const alone = await play(given(file));
      const expected = outcomeOf(alone.run);
      const broken: unknown[] = [];
      const orders = await everyOrder(
        () => runnersOf(file, count),
        async ({ world, store, runId, late, ended }, order) => {
          await world.settle();
          const run = await store.get(runId);
          const outcome = outcomeOf(run);
          const settled = run?.journal.filter(isSettled).map(({ path }) => path) ?? [];
          const twice = settled.filter((path, index) => settled.indexOf(path) < index);
          // Two leases that ran out are two deaths: with three runners the run may be taken for poison.
          const isPoison = count > 2 && run?.error?.class === "internal";
          const asExpected = isPoison || JSON.stringify(outcome) === JSON.stringify(expected);
          const others = await store.list({
            workflows: ["other"],
            limit: 9,
            until: world.clock.now() + 1_000,
            since: 0,
          });
          const asMany = others.length === alone.children.length;
          if (!asExpected || !asMany || ended.length !== 1 || late.length > 0 || twice.length > 0)
            broken.push({ order, late, ended, twice, others, ...(!asExpected && { outcome }) });
        },
      );
      expect(broken).toEqual([]);
      expect(orders).toBeGreaterThanOrEqual(count > 2 ? 600 : 8);
    },
  );
});
