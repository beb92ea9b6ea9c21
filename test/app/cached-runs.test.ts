import { expect, test } from "@jest/globals";
import { describeRun } from "../../lib/app/describe-run.ts";
import { runBatch } from "../../lib/app/run-batch.ts";
import { createWorld, runIdOf } from "../support/world.ts";

test("a run that waits long for another process's result leaves its own, and ends when there is one", async () => {
  const world = createWorld({
    file: {
      environment: [{ name: "OPENAI_API_KEY", default: "sk-test" }],
      steps: [
        { type: "openai_completion", model: "slow", prompt: "Hi", timeout: 600, cache: { ttl: 3600 } },
        { type: "print", text: "${openai}" },
      ],
    },
    llm: [{ model: "slow", text: "Hello", delay_seconds: 300, usage: { cost_usd: 0.5 } }],
  });
  const { queue, clock, runner, store } = world;
  /** An invocation of a process of its own: it shares the cache, not what is under way. */
  const invocation = async () => {
    const received = queue.receive(1);
    const begun = clock.now();
    await runBatch({ ...runner, cache: { ...runner.cache } }, received, { deadline: begun + 900_000 });
    for (const { receiptHandle } of received) queue.acknowledge(receiptHandle);
    return clock.now() - begun;
  };
  const [first, second] = [runIdOf(await world.post({})), runIdOf(await world.post({}))];
  const computes = invocation();
  expect(await invocation()).toBeLessThan(31_000);
  expect(await store.get(second)).toMatchObject({
    status: "waiting",
    journal: [{ status: "waiting", note: "for the result of another run" }],
  });
  await computes;
  await world.settle();
  const [paid, saved] = [describeRun(await world.run(first)), describeRun(await world.run(second))];
  expect(paid).toMatchObject({ status: "succeeded", cost_usd: 0.5, saved_usd: 0 });
  expect(saved).toMatchObject({
    status: "succeeded",
    cost_usd: 0,
    saved_usd: 0.5,
    output: { openai: "Hello" },
  });
  expect(Date.parse(saved.finished_at ?? "") - Date.parse(paid.finished_at ?? "")).toBeLessThan(150_000);
});

test("a run that comes back to what it was computing does not queue behind one that waits for it", async () => {
  const requestedAt: number[] = [];
  const world = createWorld({
    file: {
      steps: [{ type: "http_call", url: "https://x.test/a", timeout: 60, retries: 3, cache: { ttl: 600 } }],
    },
    http: [
      {
        url: "https://x.test/a",
        answers: [{ status: 429, headers: { "retry-after": "30" } }, { body: { ok: true } }],
      },
    ],
    wrapHttp: (http) => ({
      send(request) {
        requestedAt.push(world.clock.now());
        return http.send(request);
      },
    }),
  });
  const { clock, queue, runner } = world;
  const begun = clock.now();
  await world.post({});
  await world.invoke();
  clock.advance(30_000);
  const waiting = runIdOf(await world.post({}));
  // In one batch, the one that has the lease behind the one that asks for it.
  const received = queue.receive(2).toReversed();
  expect(received.map(({ body }) => body.includes(waiting))).toEqual([true, false]);
  await runBatch(runner, received, { deadline: clock.now() + 900_000 });
  for (const { receiptHandle } of received) queue.acknowledge(receiptHandle);
  await world.settle();
  expect(requestedAt.map((at) => at - begun)).toEqual([0, 30_000]);
  expect(describeRun(await world.run(waiting))).toMatchObject({
    status: "succeeded",
    steps: [{ status: "cached" }],
  });
});
