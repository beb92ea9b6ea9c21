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
  "a failure with its alarm": { steps: [call("a"), call("gone")], on_failure: [call("c")] },
  "a history that is blanked": {
    history: { redact: ["a.from"] },
    steps: [call("a"), call("b", "${a.from}")],
  },
};
const given = (file: JsonObject) => ({
  file,
  event: { ids: [1, 2] },
  http: [...http, { url: "https://x.test/gone", status: 410 }],
});

/** Runners with a message each for the same run, whose leases run out the moment they are taken. */
async function runnersOf(file: JsonObject, count: number) {
  let kept: RunStore | undefined;
  const world = createWorld({ ...given(file), wrapStore: (store) => (kept = store) });
  const store = kept as RunStore;
  const runId = runIdOf(await world.post({ ids: [1, 2] }));
  for (let more = 1; more < count; more += 1) await world.queue.send({ runId });
  const late: string[] = [];
  const ended: string[] = [];
  const actors = world.queue
    .receive(count)
    .map((delivery) => async (gate: <T>(call: () => Promise<T>) => Promise<T>) => {
      const runner: Runner = {
        ...world.runner,
        store: {
          ...store,
          putVersion: async () => {},
          claim: (id, claim) => gate(() => store.claim(id, { ...claim, leaseUntil: claim.now })),
          markAlone: (lease) => gate(() => store.markAlone(lease)),
          append: (...segment) => gate(() => store.append(...segment)),
          release: (...release) => gate(() => store.release(...release)),
          finish: (...finish) =>
            gate(async () => {
              await store.finish(...finish);
              ended.push(finish[1].status);
            }),
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
      const expected = outcomeOf((await play(given(file))).run);
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
          if (!asExpected || ended.length !== 1 || late.length > 0 || twice.length > 0)
            broken.push({ order, late, ended, twice, ...(!asExpected && { outcome }) });
        },
      );
      expect(broken).toEqual([]);
      expect(orders).toBeGreaterThanOrEqual(count > 2 ? 600 : 8);
    },
  );
});
