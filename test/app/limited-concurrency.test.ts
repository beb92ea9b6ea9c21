import { describe, expect, test } from "@jest/globals";
import { FlowError } from "../../lib/core/flow-error.ts";
import type { Json, JsonObject } from "../../lib/core/json.ts";
import type { Http } from "../../lib/core/ports/http.ts";
import { createWorld, runIdOf, type World } from "../support/world.ts";

const MINUTE = 60_000;
const call = { type: "http_call", url: "https://x.test/${input.customer}" };
const concurrency = { count: 2, key: "${input.customer}" };

/** A world whose calls take a second each, and the most that were under way at once, by customer. */
function busyWorld(limit: JsonObject = concurrency, steps: readonly Json[] = [call]) {
  const most = new Map<string, number>();
  const begun: { readonly url: string; readonly at: number }[] = [];
  let open: readonly string[] = [];
  const busy = (world: () => World): Http => ({
    async send({ url }) {
      open = [...open, url];
      begun.push({ url, at: world().clock.now() });
      most.set(url, Math.max(most.get(url) ?? 0, open.filter((one) => one === url).length));
      await world().clock.sleep(1_000);
      open = open.toSpliced(open.indexOf(url), 1);
      return { status: 200, headers: {}, body: new TextEncoder().encode("{}") };
    },
  });
  const file = { input: { type: "http_webhook", limits: { concurrency: limit } }, steps: [...steps] };
  const world: World = createWorld({ file, wrapHttp: () => busy(() => world) });
  return { world, most, begun };
}

async function postAll(world: World, events: readonly JsonObject[]): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const event of events) ids.push(runIdOf(await world.post(event)));
  return ids;
}

/** Invocations and sweeps until no run is due any more. */
async function untilQuiet(world: World): Promise<void> {
  for (;;) {
    await world.settle();
    const [due] = await world.store.due(Number.POSITIVE_INFINITY, 1);
    if (!due) return;
    world.clock.advance(Math.max(0, due.dueAt - world.clock.now()));
    await world.sweep();
  }
}

describe("input.limits.concurrency", () => {
  test("at most so many runs of a key are at work at once, all of them end well, and none spends a delivery for it", async () => {
    const { world, most } = busyWorld();
    const ids = await postAll(world, Array(9).fill({ customer: "noisy" }));
    await world.settle();
    expect(most.get("https://x.test/noisy")).toBe(2);
    for (const runId of ids)
      expect(await world.run(runId)).toMatchObject({ status: "succeeded", failures: 0 });
    expect(world.queue.deadLetters).toEqual([]);
  });

  test("those that wait take their turns in the order in which they came, without a pause", async () => {
    const { world } = busyWorld({ count: 1 });
    const start = world.clock.now();
    const ids = await postAll(world, Array(5).fill({ customer: "a" }));
    await world.settle();
    const ended = await Promise.all(ids.map(async (runId) => (await world.run(runId)).finishedAt ?? 0));
    expect(ended.toSorted((a, b) => a - b)).toEqual(ended);
    expect((ended.at(-1) ?? 0) - start).toBe(5_000);
  });

  test("a noisy key does not delay a quiet one", async () => {
    const { world, begun } = busyWorld();
    const start = world.clock.now();
    await postAll(world, [...Array(9).fill({ customer: "noisy" }), { customer: "quiet" }]);
    await world.settle();
    expect(begun.find(({ url }) => url.endsWith("quiet"))?.at).toBe(start);
  });

  test("runs without a key share the workflow's slots", async () => {
    const { world, most } = busyWorld({ count: 1, key: "${input.missing}" });
    await postAll(world, Array(4).fill({ customer: "a" }));
    await world.settle();
    expect(most.get("https://x.test/a")).toBe(1);
  });

  test("a run that waits in a step holds no slot meanwhile", async () => {
    const { world } = busyWorld({ count: 1 }, [{ type: "wait", seconds: 600 }, call]);
    const start = world.clock.now();
    const ids = await postAll(world, Array(3).fill({ customer: "a" }));
    await untilQuiet(world);
    const ended = await Promise.all(ids.map(async (runId) => (await world.run(runId)).finishedAt ?? 0));
    expect(Math.max(...ended) - start).toBeLessThan(11 * MINUTE);
  });

  test("the slot of a runner that died is free when its lease is over", async () => {
    const { world } = busyWorld({ count: 1 });
    const { clock, runner } = world;
    const place = { workflow: "example", key: "", count: 1 };
    const dead = { runId: "dead", owner: "dead", now: clock.now(), until: clock.now() + 15 * MINUTE };
    await runner.slots.take(place, dead);
    const [runId = ""] = await postAll(world, [{ customer: "a" }]);
    await world.settle();
    expect((await world.run(runId)).status).toBe("waiting");
    await untilQuiet(world);
    expect(await world.run(runId)).toMatchObject({ status: "succeeded", failures: 0 });
    expect(clock.now() - dead.now).toBeLessThan(17 * MINUTE);
  });

  test("a run that comes back before it is told stands in no line any more: nobody waits for it", async () => {
    const { world, begun } = busyWorld({ count: 1 }, [call, { type: "wait", seconds: 600 }]);
    const { clock, runner } = world;
    const dead = { runId: "dead", owner: "dead", now: clock.now(), until: clock.now() + MINUTE };
    await runner.slots.take({ workflow: "example", key: "", count: 1 }, dead);
    await postAll(world, Array(2).fill({ customer: "a" }));
    await untilQuiet(world);
    const [first, second] = begun.map(({ at }) => at);
    expect((second ?? 0) - (first ?? 0)).toBe(1_000);
  });

  test("a run whose slot is freed just before it stands in the line does not wait for anybody", async () => {
    const { world } = busyWorld({ count: 1 });
    const { clock, runner } = world;
    const now = clock.now();
    const place = { workflow: "example", key: "", count: 1 };
    await runner.slots.take(place, { runId: "other", owner: "other", now, until: now + 15 * MINUTE });
    const { enter } = runner.slots;
    Object.assign(runner.slots, {
      async enter(...given: Parameters<typeof enter>) {
        await runner.slots.free(place, { slot: 0, owner: "other", now, keptUntil: now });
        return enter(...given);
      },
    });
    const [runId = ""] = await postAll(world, [{ customer: "a" }]);
    await world.settle();
    expect(await world.run(runId)).toMatchObject({ status: "succeeded", finishedAt: now + 1_000 });
  });

  test("a run in the line that has ended meanwhile is passed over", async () => {
    const { world } = busyWorld({ count: 1 });
    const { runner, clock } = world;
    const place = { workflow: "example", key: "", count: 1 };
    const expiresAt = clock.now() / 1000 + 86_400;
    await runner.slots.enter(place, { runId: "0 gone", now: clock.now(), expiresAt });
    const start = clock.now();
    const ids = await postAll(world, Array(2).fill({ customer: "a" }));
    await world.settle();
    expect((await world.run(ids[1] ?? "")).finishedAt).toBe(start + 2_000);
  });

  test("slots that cannot be taken are trouble of the store: the run is let go and comes back", async () => {
    const { world } = busyWorld();
    const { take } = world.runner.slots;
    Object.assign(world.runner.slots, { take: () => Promise.reject(new FlowError("connection", "down")) });
    const [runId = ""] = await postAll(world, [{ customer: "a" }]);
    await world.invoke();
    expect(await world.run(runId)).toMatchObject({ status: "waiting", failures: 0 });
    Object.assign(world.runner.slots, { take });
    await world.settle();
    expect((await world.run(runId)).status).toBe("succeeded");
  });
});
