import { describe, expect, test } from "@jest/globals";
import { FlowError } from "../../lib/core/flow-error.ts";
import type { Json } from "../../lib/core/json.ts";
import { createWorld, type World } from "../support/world.ts";

const worldWith = (respond: Json, steps: readonly Json[] = [], more: object = {}) =>
  createWorld({ file: { input: { type: "http_webhook", respond }, steps: [...steps] }, ...more });

/** Posts, and lets the stage work while the sender waits. */
async function ask(world: World, event: Json = { name: "Ada" }) {
  const answer = world.post(event);
  await untilQueued(world);
  await world.settle();
  return answer;
}

async function untilQueued(world: World) {
  while (world.queue.nextVisibleAt() === undefined) await Promise.resolve();
}

describe("a sender who waits", () => {
  test("gets the run's result", async () => {
    const world = worldWith({ wait: 5 }, [{ type: "set", values: { greeting: "Hello ${name}" } }]);
    expect(await ask(world)).toEqual({
      status: 200,
      headers: {},
      body: { name: "Ada", greeting: "Hello Ada" },
    });
  });

  test("gets what the file makes of the final state, in its types, with the status that it says", async () => {
    const body = { is: "${greeting}", count: "${input.n}", run: "${run.id}" };
    const world = worldWith({ wait: 5, status: 201, body }, [{ type: "set", values: { greeting: "Hello" } }]);
    expect(await ask(world, { n: 3 })).toMatchObject({ status: 201, body: { is: "Hello", count: 3 } });
  });

  test("gets text as text", async () => {
    expect(await ask(worldWith({ wait: 5, body: "Hello ${name}" }))).toEqual({
      status: 200,
      headers: { "content-type": "text/plain" },
      body: "Hello Ada",
    });
  });

  test("is told that the run failed, or was dropped, and why", async () => {
    const failing = worldWith({ wait: 5 }, [{ type: "fail", message: "no ${name}" }]);
    expect(await ask(failing)).toMatchObject({
      status: 500,
      body: { status: "failed", error: { class: "refused", message: "no Ada", step: "0" } },
    });
    const dropping = worldWith({ wait: 5 }, [
      { type: "filter", conditions: [{ field: "name", op: "eq", value: "Bob" }] },
    ]);
    expect(await ask(dropping)).toMatchObject({
      status: 200,
      body: { status: "dropped", reason: 'name eq "Bob" does not hold' },
    });
  });

  test("gets the run's id when that takes longer", async () => {
    const world = worldWith({ wait: 5 }, [{ type: "wait", seconds: 3600 }]);
    const answer = world.post({});
    await untilQueued(world);
    await world.invoke();
    world.clock.advance(5_000);
    expect(await answer).toMatchObject({ status: 202, body: { status: "queued" } });
  });

  test("gets what a step answers, while the run goes on", async () => {
    const steps = [
      { type: "respond", status: 201, body: { id: "${id}" }, headers: { location: "/orders/${id}" } },
      { type: "wait", seconds: 60 },
      { type: "set", values: { done: true } },
    ];
    const world = worldWith({ wait: 5 }, steps);
    const answer = world.post({ id: 7 });
    await untilQueued(world);
    await world.invoke();
    expect(await answer).toEqual({ status: 201, headers: { location: "/orders/7" }, body: { id: 7 } });
    await world.settle();
    const [run] = await world.store.list({
      workflows: ["example"],
      limit: 1,
      since: 0,
      until: world.clock.now(),
    });
    expect(run?.status).toBe("succeeded");
  });

  test("gets the first of two answers, and the second step warns", async () => {
    const world = worldWith({ wait: 5 }, [
      { type: "respond", body: "one" },
      { type: "respond", body: "two" },
    ]);
    expect(await ask(world)).toMatchObject({ body: "one" });
  });

  test("gets no secret", async () => {
    const steps = [{ type: "respond", body: { token: "${env:TOKEN}" } }];
    const world = worldWith({ wait: 5 }, steps, { secrets: { TOKEN: "s3cret-value" } });
    expect(await ask(world)).toMatchObject({ body: { token: "***" } });
  });

  test("who sends again gets the same answer", async () => {
    const file = {
      input: { type: "http_webhook", respond: { wait: 5 }, dedupe: { key: "${input.id}" } },
      steps: [{ type: "set", values: { at: "${run.id}" } }],
    };
    const world = createWorld({ file });
    const first = await ask(world, { id: 1 });
    expect(await world.post({ id: 1 })).toEqual(first);
  });

  test("gets the run's id when nobody can look how it ended", async () => {
    const world = worldWith({ wait: 5 });
    Object.assign(world.ingest.runs, {
      get: async () => Promise.reject(new FlowError("connection", "the store is down")),
    });
    expect(await ask(world)).toMatchObject({ status: 202, body: { status: "queued" } });
  });
});

test("without `respond`, and with `async`, nobody waits", async () => {
  for (const respond of [undefined, "async"]) {
    const input = { type: "http_webhook", ...(respond !== undefined && { respond }) };
    const world = createWorld({ file: { input, steps: [{ type: "respond", body: "unheard" }] } });
    expect(await world.post({})).toMatchObject({ status: 202, body: { status: "queued" } });
  }
});
