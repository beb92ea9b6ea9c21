import { describe, expect, test } from "@jest/globals";
import { takeMessages } from "../../lib/app/take-messages.ts";
import { FlowError } from "../../lib/core/flow-error.ts";
import type { Json, JsonObject } from "../../lib/core/json.ts";
import type { RunStore } from "../../lib/core/ports/run-store.ts";
import { compiled } from "../support/engine-run.ts";
import { planFaults } from "../support/faults.ts";
import { tick } from "../support/inbox-messages.ts";
import { createWorld, runIdOf, type World, type WorldOptions } from "../support/world.ts";

const call = (name: string): JsonObject => ({
  type: "http_call",
  url: `https://x.test/${name}`,
  output_to: name,
});
const http: Json[] = [{ url: "https://x.test/*", body: { ok: true } }];
const A: JsonObject = { steps: [call("a1"), call("a2")] };
const B = compiled({ steps: [call("b1")] });

function stage(options: Partial<WorldOptions> = {}): World {
  return createWorld({ file: A, http, ...options });
}
const urls = ({ calls }: World) => calls.map(({ url }) => String(url).replace("https://x.test/", ""));
const hashOf = (world: World, name = "example") => world.runner.catalog.current(name)?.hash ?? "";

describe("a run that was accepted under one version, another one deployed meanwhile", () => {
  test("finishes on its own, although no runner ever had it", async () => {
    const world = stage();
    const runId = runIdOf(await world.post({}));
    world.deploy(B);
    await world.settle();
    expect(await world.run(runId)).toMatchObject({ status: "succeeded" });
    expect(urls(world)).toEqual(["a1", "a2"]);
  });

  test("finishes on its own between two deliveries", async () => {
    const answers = [{ status: 503 }, { body: 1 }];
    const world = stage({ http: [{ url: "https://x.test/a1", answers }, ...http] });
    const runId = runIdOf(await world.post({}));
    await world.invoke();
    world.deploy(B);
    await world.settle();
    expect(await world.run(runId)).toMatchObject({ status: "succeeded" });
    expect(urls(world)).toEqual(["a1", "a1", "a2"]);
  });

  test.each([
    ["ingest before the runner", "ingest", ["b1"]],
    ["the runner before ingest", "runner", ["a1", "a2"]],
  ] as const)("runs as it was accepted when the deploy reaches %s", async (_about, first, made) => {
    const world = stage();
    world.deploy(B, [first]);
    const runId = runIdOf(await world.post({}));
    await world.settle();
    expect(await world.run(runId)).toMatchObject({ status: "succeeded" });
    expect(urls(world)).toEqual(made);
  });

  test("finishes when its workflow was taken away, or has another name now", async () => {
    for (const next of [null, compiled({ ...A, name: "renamed" })]) {
      const world = stage();
      const runId = runIdOf(await world.post({}));
      world.deploy(next);
      await world.settle();
      expect(await world.run(runId)).toMatchObject({ status: "succeeded", workflow: "example" });
      expect((await world.post({})).status).toBe(404);
    }
  });

  test("finishes after a wait of weeks", async () => {
    const world = stage({ file: { steps: [{ type: "wait", seconds: 40 * 86_400 }, call("a1")] } });
    const runId = runIdOf(await world.post({}));
    await world.settle();
    world.deploy(B);
    world.clock.advance(41 * 86_400_000);
    await world.sweep();
    await world.settle();
    expect(await world.run(runId)).toMatchObject({ status: "succeeded" });
    expect(urls(world)).toEqual(["a1"]);
  });

  test("finishes on it when a schedule started it, or a step", async () => {
    const scheduled = stage({ file: { ...A, input: { type: "cron", cron: "0 4 * * *" } } });
    await takeMessages(scheduled.inbox, [tick("2026-01-01T04:00:00Z")]);
    scheduled.deploy(B);
    await scheduled.settle();
    expect(urls(scheduled)).toEqual(["a1", "a2"]);

    const child = { steps: [call("child")] };
    const world = stage({
      file: { steps: [{ type: "run_workflow", name: "other", await: false }] },
      workflows: { other: child },
    });
    const hash = hashOf(world, "other");
    await world.post({});
    await world.invoke();
    expect(await world.store.getVersion("other", hash)).toMatchObject({ name: "other" });
  });

  test("ends as if nothing had been deployed, at whichever call of its life that happened", async () => {
    const file = {
      steps: [
        call("a1"),
        { type: "wait", seconds: 60 },
        { type: "run_workflow", name: "other" },
        { type: "if_else", if: { conditions: [], steps: [call("a2")] } },
      ],
      output: { a: "${a2}", child: "${run_workflow}" },
    };
    const live = async (deployAt: number) => {
      let deployed = 0;
      const deploy = () => {
        if (faults.calls.length - 1 !== deployAt) return false;
        deployed += 1;
        world.deploy(B);
        return false;
      };
      const faults = planFaults([{ at: deploy, fault: "outage" }]);
      const world: World = stage({
        file,
        workflows: { other: { steps: [call("child")] } },
        wrapStore: (store) => faults.wrap("store", store, Object.keys(store) as (keyof RunStore)[]),
        wrapQueue: (queue) => faults.wrap("queue", queue, ["send", "sendAll", "giveBack", "deadLetter"]),
        wrapHttp: (peer) => faults.wrap("peer", peer, ["send"]),
      });
      const runId = runIdOf(await world.post({}));
      await world.settle();
      const { status, output, hash } = await world.run(runId);
      return { calls: faults.calls.length, deployed, outcome: { status, output, hash, urls: urls(world) } };
    };
    const undisturbed = await live(-1);
    expect(undisturbed).toMatchObject({
      deployed: 0,
      outcome: { status: "succeeded", urls: ["a1", "child", "a2"] },
    });
    for (let at = 0; at < undisturbed.calls; at += 1)
      expect({ at, ...(await live(at)) }).toMatchObject({ at, deployed: 1, outcome: undisturbed.outcome });
  });
});

describe("a version", () => {
  test("is stored before the first event of it is accepted, once in a process", async () => {
    const put: string[] = [];
    const world = stage({
      wrapStore: (store) => ({
        ...store,
        async putVersion(workflow) {
          put.push(workflow.hash);
          await store.putVersion(workflow);
        },
      }),
    });
    for (let event = 0; event < 3; event += 1) await world.post({});
    const first = hashOf(world);
    world.deploy(B);
    await world.post({});
    await world.settle();
    expect(put).toEqual([first, B.hash]);
  });

  test("that cannot be stored refuses the event with 503 and leaves nothing; the next one is accepted", async () => {
    let down = true;
    const world = stage({
      wrapStore: (store) => ({
        ...store,
        async putVersion(workflow) {
          if (down) throw new FlowError("rate_limited", "the table is throttled");
          await store.putVersion(workflow);
        },
      }),
    });
    expect(await world.post({})).toMatchObject({ status: 503, headers: { "retry-after": "5" } });
    expect(await world.store.due(Number.POSITIVE_INFINITY, 10)).toEqual([]);
    down = false;
    const runId = runIdOf(await world.post({}));
    await world.settle();
    expect(await world.run(runId)).toMatchObject({ status: "succeeded" });
  });

  test("whose text ingest does not carry refuses the event, and says why in the log", async () => {
    const world = stage();
    world.deploy(B, ["runner"]);
    Object.assign(world.ingest, { catalog: world.runner.catalog });
    expect((await world.post({})).status).toBe(503);
    expect(JSON.stringify(world.log.lines)).toContain("neither deployed nor kept");
  });

  test("whose text is gone fails its runs at once with its hash and the way out, never on another version", async () => {
    const world = stage({ wrapStore: (store) => ({ ...store, getVersion: async () => undefined }) });
    const hash = hashOf(world);
    const runId = runIdOf(await world.post({}));
    world.deploy(B);
    await world.settle();
    expect(await world.run(runId)).toMatchObject({
      status: "failed",
      attempt: 1,
      error: {
        class: "config_error",
        step: null,
        message: expect.stringMatching(`version ${hash.slice(0, 12)} of workflow example.*Replay the event`),
        details: { hash },
      },
    });
    expect(world.queue.deadLetters).toMatchObject([
      { message: { runId }, reason: { class: "config_error" } },
    ]);
    expect(world.calls).toEqual([]);
  });

  test("whose text is damaged fails its runs at once with what was found; one that cannot be read for now does not", async () => {
    const troubles = [
      new FlowError("connection", "no table"),
      new FlowError("internal", "stored item X is damaged"),
    ];
    const world = stage({
      wrapStore: (store) => ({ ...store, getVersion: async () => Promise.reject(troubles.shift()) }),
    });
    const runId = runIdOf(await world.post({}));
    world.deploy(B);
    await world.settle();
    expect(await world.run(runId)).toMatchObject({
      status: "failed",
      attempt: 2,
      error: { class: "internal", step: null, message: "stored item X is damaged" },
    });
    expect(world.queue.deadLetters).toHaveLength(1);
  });
});
