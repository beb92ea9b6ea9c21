import { describe, expect, test } from "@jest/globals";
import { cancelRun } from "../../lib/app/cancel-run.ts";
import { readModelCosts } from "../../lib/app/model-costs.ts";
import { operatorOf } from "../../lib/app/operator.ts";
import { readOverview, windowUntil } from "../../lib/app/overview.ts";
import { takeMessages } from "../../lib/app/take-messages.ts";
import type { MetricName } from "../../lib/core/metric-catalog.ts";
import { OTHER_MODELS } from "../../lib/core/model-label.ts";
import type { MetricLabels } from "../../lib/core/ports/metrics.ts";
import { createWorld, runIdOf, type World, webhookPathIn } from "../support/world.ts";

const DAY = 86_400_000;

async function counted(world: World, metric: MetricName, labels: MetricLabels = { Workflow: "example" }) {
  const window = { from: world.clock.now() - 2 * DAY, to: world.clock.now() + DAY, periodSeconds: 3600 };
  const [points = []] = await world.metrics.series([{ metric, statistic: "sum", labels }], window);
  return points.reduce((sum, { value }) => sum + value, 0);
}

async function all(world: World, ...metrics: readonly MetricName[]) {
  return Promise.all(metrics.map((metric) => counted(world, metric)));
}

const call = { type: "http_call", url: "https://x.test/" };

describe("a run is counted", () => {
  test("when it is accepted, and when it ends", async () => {
    const world = createWorld({ file: { steps: [{ type: "set", values: { a: 1 } }] } });
    await world.post({});
    expect(await all(world, "RunsAccepted", "RunsSucceeded")).toEqual([1, 0]);
    await world.settle();
    expect(await all(world, "RunsAccepted", "RunsSucceeded", "RunsFailed")).toEqual([1, 1, 0]);
    expect(await counted(world, "RunsSucceeded", {})).toBe(1);
  });

  test("as failed once, however often it was tried, and its dead letter with it", async () => {
    const world = createWorld({
      file: { steps: [{ ...call, id: "ask" }] },
      http: [{ url: "https://x.test/", status: 503, times: 5 }],
    });
    await world.post({});
    await world.settle();
    expect(await all(world, "RunsFailed", "DeadLettered")).toEqual([1, 1]);
    const labels = { Workflow: "example", StepType: "http_call", ErrorClass: "server_error" };
    expect(await counted(world, "StepFailures", labels)).toBe(5);
  });

  test("a failure counts for the step that is to blame, not for those around it", async () => {
    const world = createWorld({
      file: {
        steps: [
          {
            type: "for_each",
            input_from: "list",
            steps: [{ type: "fail", message: "no" }],
          },
        ],
      },
    });
    await world.post({ list: [1] });
    await world.settle();
    expect(await counted(world, "StepFailures")).toBe(1);
  });

  test("as dropped by its filter, before it begins or on the way", async () => {
    const conditions = [{ field: "wanted", op: "eq", value: true }];
    const early = createWorld({
      file: { input: { type: "http_webhook", filter: conditions }, steps: [] },
    });
    await early.post({ wanted: false });
    expect(await all(early, "RunsAccepted", "RunsDropped")).toEqual([1, 1]);
    const late = createWorld({ file: { steps: [{ type: "filter", conditions }] } });
    await late.post({ wanted: false });
    await late.settle();
    expect(await all(late, "RunsAccepted", "RunsDropped")).toEqual([1, 1]);
  });

  test("as cancelled, by whoever counts", async () => {
    const world = createWorld({ file: { steps: [{ type: "wait", seconds: 600 }] } });
    const runId = runIdOf(await world.post({}));
    await world.invoke();
    await cancelRun(operatorOf(world.runner), runId);
    await cancelRun(operatorOf(world.runner), runId);
    expect(await counted(world, "RunsCancelled")).toBe(1);
  });

  test("with the time until its first claim, and its time at work without its waits", async () => {
    const world = createWorld({ file: { steps: [{ type: "wait", seconds: 600 }] } });
    await world.post({});
    world.clock.advance(2_000);
    await world.settle();
    expect(await all(world, "RunsSucceeded", "QueueAge", "RunDuration")).toEqual([1, 2_000, 0]);
  });

  test("as one, though its loop is worked through by many", async () => {
    const world = createWorld({
      file: {
        steps: [
          {
            type: "for_each",
            mode: "distributed",
            chunk_size: 2,
            input_from: "list",
            steps: [{ type: "set", values: { a: 1 } }],
          },
        ],
      },
    });
    await world.post({ list: [1, 2, 3, 4, 5, 6] });
    await world.settle();
    expect(await all(world, "RunsAccepted", "RunsSucceeded")).toEqual([1, 1]);
  });

  test("and so is one that a step started", async () => {
    const world = createWorld({
      file: { steps: [{ type: "run_workflow", name: "inner" }] },
      workflows: { inner: { steps: [] } },
    });
    await world.post({});
    await world.settle();
    expect(await counted(world, "RunsSucceeded", { Workflow: "inner" })).toBe(1);
    expect(await counted(world, "RunsAccepted", { Workflow: "inner" })).toBe(1);
  });
});

test("tokens and money of models are counted once, also when the run comes back later", async () => {
  const world = createWorld({
    file: {
      environment: [{ name: "OPENAI_API_KEY", secret: true }],
      steps: [
        { type: "openai_completion", prompt: "a", model: "gpt-4.1-mini" },
        { type: "wait", seconds: 600 },
      ],
    },
    secrets: { OPENAI_API_KEY: "sk-0123456789" },
    llm: [{ text: "b", usage: { input_tokens: 1_000, output_tokens: 500 } }],
  });
  await world.post({});
  await world.settle();
  const [input = 0, output = 0, cost = 0] = await all(
    world,
    "ModelInputTokens",
    "ModelOutputTokens",
    "ModelCost",
  );
  expect([input, output]).toEqual([1_000, 500]);
  expect(cost).toBeCloseTo(0.0012, 8);
  expect(await counted(world, "ModelInputTokens", { Model: "gpt-4.1-mini" })).toBe(1_000);
});

test("what models took is told by model, the dearest first; models without a price count together", async () => {
  const ask = (model: string) => ({ type: "openai_completion", prompt: "a", api_key: "k", model });
  const world = createWorld({
    file: { steps: ["gpt-4.1-mini", "${model}", "gpt-4.1", "my-own", "gpt-4.1"].map(ask) },
    llm: [20, 30, 40, 50, 60].map((input_tokens) => ({
      text: "b",
      usage: { input_tokens, output_tokens: 10 },
    })),
  });
  await world.post({ model: "whatever\u202e a stranger writes" });
  await world.settle();
  const now = world.clock.now();
  const costs = await readModelCosts(world.metrics, windowUntil(now, DAY));
  expect(costs.map(({ name, inputTokens, outputTokens }) => [name, inputTokens, outputTokens])).toEqual([
    ["gpt-4.1", 100, 20],
    ["gpt-4.1-mini", 20, 10],
    [OTHER_MODELS, 80, 20],
  ]);
  expect(costs[0]?.spentUsd).toBeCloseTo((100 * 2 + 20 * 8) / 1_000_000, 10);
  expect(costs[2]?.spentUsd).toBe(0);
});

test("a cached result is counted, and what it saved", async () => {
  const world = createWorld({
    file: { steps: [{ ...call, cache: { ttl: 600, key: "one" } }] },
    http: [{ url: "https://x.test/", body: "x" }],
  });
  await world.post({});
  await world.settle();
  await world.post({});
  await world.settle();
  expect(await all(world, "RunsSucceeded", "CacheHits")).toEqual([2, 1]);
});

describe("an answer of ingest is counted", () => {
  test("by its status, with its time", async () => {
    const world = createWorld({ file: { steps: [] } });
    await world.post({});
    await world.post({}, { path: webhookPathIn("nobody") });
    expect(await counted(world, "Answers2xx", {})).toBe(1);
    expect(await counted(world, "Answers4xx", {})).toBe(1);
  });

  test("as refused, by reasons out of a closed set", async () => {
    const world = createWorld({
      file: { input: { type: "http_webhook", verify: "github" }, steps: [] },
      secrets: { GITHUB_WEBHOOK_SECRET: "0123456789" },
    });
    await world.post({});
    expect(await counted(world, "DeliveriesRefused")).toBe(1);
    expect(
      await counted(world, "DeliveriesRefused", { Workflow: "example", Reason: "signature_missing" }),
    ).toBe(1);
  });

  test("as invalid, whatever is wrong with the body", async () => {
    const world = createWorld({
      file: { input: { type: "http_webhook", schema: { required: ["id"] } }, steps: [] },
    });
    await world.post({});
    expect(await counted(world, "DeliveriesRefused", { Workflow: "example", Reason: "invalid" })).toBe(1);
    expect(await counted(world, "RunsAccepted")).toBe(0);
  });

  test("as repeated, when it is another one's run", async () => {
    const world = createWorld({
      file: { input: { type: "http_webhook", dedupe: { key: "${input.id}" } }, steps: [] },
    });
    await world.post({ id: 1 });
    await world.post({ id: 1 });
    expect(await all(world, "RunsAccepted", "DeliveriesRepeated")).toEqual([1, 1]);
  });
});

test("what the sweeper finds is counted", async () => {
  const world = createWorld({ file: { steps: [] } });
  await world.post({});
  for (const { receiptHandle } of world.queue.receive(10)) world.queue.acknowledge(receiptHandle);
  world.clock.advance(DAY);
  await world.sweep();
  expect(await counted(world, "RunsSwept", {})).toBe(1);
});

describe("an overview", () => {
  test("has every period of its time, and totals that are those of the runs", async () => {
    const world = createWorld({
      file: { steps: [{ type: "filter", conditions: [{ field: "ok", op: "eq", value: true }] }] },
    });
    for (const ok of [true, true, false]) {
      await world.post({ ok });
      await world.settle();
      world.clock.advance(600_000);
    }
    const window = windowUntil(world.clock.now(), 3_600_000);
    const { stage, workflows } = await readOverview(world.metrics, ["example", "nobody"], window);
    expect(window.periodSeconds).toBe(60);
    expect(stage.buckets).toHaveLength(60);
    expect(stage.total).toMatchObject({ accepted: 3, succeeded: 2, dropped: 1, failed: 0 });
    expect(workflows.map(({ name, total }) => [name, total.accepted])).toEqual([
      ["example", 3],
      ["nobody", 0],
    ]);
    expect(stage.buckets.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(3);
    expect(workflows[1]?.total.averageMs).toBeUndefined();
  });

  test.each([
    [3_600_000, 60],
    [DAY, 900],
    [7 * DAY, 21_600],
    [90 * DAY, 86_400],
    [400 * DAY, 604_800],
  ])("over %i ms has periods of %i s, at most 120 of them, up to now", (span, periodSeconds) => {
    const now = Date.UTC(2026, 10, 28, 12, 34, 56);
    const window = windowUntil(now, span);
    expect(window.periodSeconds).toBe(periodSeconds);
    expect((window.to - window.from) / 1000 / periodSeconds).toBeLessThanOrEqual(120);
    expect(window.from).toBeLessThanOrEqual(now - span + periodSeconds * 1000);
    expect(window.to).toBeGreaterThan(now);
  });
});

test("the line of a run's end names its slowest step, and none that only holds others", async () => {
  const world = createWorld({
    file: {
      steps: [
        {
          type: "for_each",
          input_from: "list",
          steps: [{ ...call, id: "ask" }],
        },
      ],
    },
    http: [{ url: "https://x.test/", body: "x", delay_seconds: 1.5 }],
  });
  await world.post({ list: [1] });
  await world.settle();
  const end = world.log.lines.find(({ message }) => message === "run succeeded");
  expect(end?.fields?.slowest).toEqual({ id: "ask", type: "http_call", ms: 1_500 });
});

test("a message that stays in its queue is counted", async () => {
  const world = createWorld({ file: { steps: [] } });
  await takeMessages(world.inbox, [
    {
      messageId: "1",
      receiptHandle: "r",
      body: "{}",
      queueArn: "arn:aws:sqs:eu-west-1:123456789012:nobodys",
      sentAt: world.clock.now(),
      receiveCount: 1,
      attributes: {},
    },
  ]);
  expect(await counted(world, "MessagesDeferred", {})).toBe(1);
});

test("a run that goes on in another invocation has waited once", async () => {
  const world = createWorld({
    file: { steps: [call, { type: "wait", seconds: 600 }, { ...call, timeout: 30 }] },
    http: [{ url: "https://x.test/", body: "x", times: 2 }],
  });
  await world.post({});
  world.clock.advance(2_000);
  await world.invoke();
  // The message comes back late.
  world.clock.advance(3_600_000);
  await world.settle();
  expect(await all(world, "RunsSucceeded", "QueueAge")).toEqual([1, 2_000]);
});
