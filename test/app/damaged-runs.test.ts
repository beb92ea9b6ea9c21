import { expect, test } from "@jest/globals";
import { createDynamoRunStore } from "../../lib/adapters/dynamo/dynamo-run-store.ts";
import { cancelRun } from "../../lib/app/cancel-run.ts";
import { operatorOf } from "../../lib/app/operator.ts";
import { redriveRun } from "../../lib/app/redrive-run.ts";
import { replayRun } from "../../lib/app/replay-run.ts";
import { runBatch } from "../../lib/app/run-batch.ts";
import { readBody } from "../../lib/core/event-body.ts";
import { FlowError } from "../../lib/core/flow-error.ts";
import type { JsonObject } from "../../lib/core/json.ts";
import { compiled } from "../support/engine-run.ts";
import { clientOfTable, quietTable } from "../support/simulated-dynamodb.ts";
import { type StoredItems, storedItems } from "../support/stored-items.ts";
import { createWorld, runIdOf, type World, type WorldOptions } from "../support/world.ts";

const runKey = (runId: string) => `run#${runId}`;
const pure: JsonObject = { steps: [{ type: "set", values: { done: true } }] };

/** A stage on a table, and what lies in that. */
function stage(options: WorldOptions): { readonly world: World; readonly items: StoredItems } {
  const client = clientOfTable(quietTable({ now: () => world.clock.now() }));
  const world: World = createWorld({
    ...options,
    wrapStore: (_memory, { now }) => createDynamoRunStore({ client, table: "test", now }),
  });
  return { world, items: storedItems(client, "test") };
}

test("a damaged run is failed with what was found, its message is in the dead-letter queue, and its batch goes on", async () => {
  const { world, items } = stage({ file: pure });
  const ids = [];
  for (let posted = 0; posted < 3; posted += 1) ids.push(runIdOf(await world.post({})));
  const [before, broken, after] = ids as [string, string, string];
  await items.change(runKey(broken), "run", { status: { S: "paused" } });
  expect(await world.invoke()).toEqual([]);
  for (const runId of [before, after]) expect(await world.run(runId)).toMatchObject({ status: "succeeded" });
  const message = `stored item run#${broken} / run has the status "paused"; known are queued, running, waiting, succeeded, failed, dropped, cancelled`;
  expect(await world.run(broken)).toMatchObject({ status: "failed", error: { class: "internal", message } });
  const reason = { class: "internal", message, step: null };
  expect(world.queue.deadLetters).toEqual([{ message: { runId: broken }, reason }]);
  expect(world.log.lines).toContainEqual({
    level: "error",
    message: "run failed",
    context: { run_id: broken, workflow: "example" },
    fields: { ms: 0, class: "internal", step: null, error: message },
  });
});

test("a damaged run whose message got lost is found by the sweeper, once", async () => {
  const { world, items } = stage({ file: pure });
  const runId = runIdOf(await world.post({}));
  for (const { receiptHandle } of world.queue.receive(10)) world.queue.acknowledge(receiptHandle);
  await items.change(runKey(runId), "run", { epoch: { S: "x" }, lease_until: { S: "y" } });
  world.clock.advance(3_600_000);
  expect(await world.sweep()).toBe(1);
  await world.invoke();
  expect(await world.run(runId)).toMatchObject({ status: "failed" });
  world.clock.advance(3_600_000);
  expect(await world.sweep()).toBe(0);
  expect(world.queue.deadLetters).toHaveLength(1);
});

const family: WorldOptions = {
  file: { steps: [{ type: "run_workflow", name: "child", output_to: "child" }] },
  workflows: { child: { steps: [{ type: "wait", seconds: 600 }] } },
};

/** A parked run, the run that it waits for, parked too, and what lies in their table. */
async function parkedFamily() {
  const { world, items } = stage(family);
  const parent = runIdOf(await world.post({}));
  await world.invoke();
  await world.invoke();
  const [child] = (await world.run(parent)).journal.flatMap(({ children = [] }) => children);
  if (child === undefined) throw new Error("no run was started");
  expect([await world.store.status(parent), await world.store.status(child)]).toEqual(["waiting", "waiting"]);
  return { world, items, parent, child };
}

test("whoever waits for a run that is damaged is told, and fails with its words", async () => {
  const { world, items, parent, child } = await parkedFamily();
  await items.change(runKey(child), "run", { body: undefined });
  await world.settle();
  const { error } = await world.run(child);
  expect(error?.message).toBe(`stored item run#${child} / run has no value in "body"`);
  expect(await world.run(parent)).toMatchObject({
    status: "failed",
    error: { step: "0", class: "internal", message: expect.stringContaining(String(error?.message)) },
  });
});

test("a run whose waiting parent is damaged ends well, and its end shows the damage", async () => {
  const { world, items, parent, child } = await parkedFamily();
  await items.change(runKey(parent), "run", { status: { S: "paused" } });
  await world.settle();
  expect(await world.run(child)).toMatchObject({ status: "succeeded" });
  expect(await world.run(parent)).toMatchObject({ status: "failed", error: { class: "internal" } });
});

test("a damaged run that somebody cancels has failed, with what was found", async () => {
  const { world, items } = stage({ file: pure });
  const runId = runIdOf(await world.post({}));
  await items.change(runKey(runId), "run", { hash: undefined });
  const ended = await cancelRun(operatorOf(world.runner), runId);
  expect(ended).toEqual({ kind: "final", status: "failed" });
  const message = `stored item run#${runId} / run has no text in "hash"`;
  expect(await world.run(runId)).toMatchObject({ status: "failed", error: { message } });
  expect(world.queue.deadLetters).toMatchObject([{ message: { runId }, reason: { message } }]);
});

test("a run whose event is damaged is not replayed: nobody knows what arrived", async () => {
  const { world, items } = stage({ file: pure });
  const runId = runIdOf(await world.post({}));
  await items.change(runKey(runId), "run", { body: undefined });
  await world.settle();
  const [version] = world.ingest.inputs.all();
  if (!version) throw new Error("no workflow");
  await expect(replayRun(operatorOf(world.runner), runId, { version })).rejects.toMatchObject({
    class: "internal",
    message: `the event of run ${runId} cannot be read any more: stored item run#${runId} / run has no value in "body"`,
  });
});

test("who fails a damaged run and dies before saying so is followed by one who says it", async () => {
  const { world, items } = stage({
    file: pure,
    wrapQueue(queue) {
      let refused = 0;
      return {
        ...queue,
        async deadLetter(message, reason) {
          refused += 1;
          if (refused === 1) throw new FlowError("connection", "no way to the queue");
          return queue.deadLetter(message, reason);
        },
      };
    },
  });
  const runId = runIdOf(await world.post({}));
  await items.change(runKey(runId), "run", { hash: undefined });
  await world.settle();
  const message = `stored item run#${runId} / run has no text in "hash"`;
  expect(world.queue.deadLetters).toMatchObject([{ message: { runId }, reason: { message } }]);
});

test("a message that comes back for a run whose end cannot be read is dead with the reason", async () => {
  const { world, items } = stage({ file: pure });
  const runId = runIdOf(await world.post({}));
  const [received] = world.queue.receive(1);
  if (!received) throw new Error("no message");
  await runBatch(world.runner, [received], { deadline: world.clock.now() + 900_000 });
  await items.change(runKey(runId), "run", { request: undefined });
  const again = [{ ...received, receiveCount: 2 }];
  expect(await runBatch(world.runner, again, { deadline: world.clock.now() + 900_000 })).toEqual([]);
  expect(await world.store.status(runId)).toBe("succeeded");
  expect(world.queue.deadLetters).toMatchObject([
    { message: { runId }, reason: { class: "internal", message: expect.stringContaining('in "request"') } },
  ]);
});

test("a run whose version cannot be read is failed at its first delivery", async () => {
  const { world, items } = stage({ file: { steps: [{ type: "wait", seconds: 600 }] } });
  const runId = runIdOf(await world.post({}));
  await world.invoke();
  const { hash } = await world.run(runId);
  world.deploy(compiled(pure));
  await items.change("flow#example", `hash#${hash}`, { workflow: { B: Uint8Array.of(1, 2, 3) } });
  await world.settle();
  expect(await world.run(runId)).toMatchObject({
    status: "failed",
    attempt: 2,
    error: {
      class: "internal",
      message: expect.stringMatching(/flow#example \/ hash#.* cannot be read in "workflow"/),
    },
  });
});

const batched: JsonObject = {
  input: { type: "http_webhook", limits: { batch: { size: 2, seconds: 60 } } },
  steps: [{ type: "set", values: { done: true } }],
};

test("a batch one of whose deliveries is damaged is failed with what was found, and in the dead-letter queue", async () => {
  const { world, items } = stage({ file: batched });
  const [runId] = [runIdOf(await world.post({ n: 1 })), runIdOf(await world.post({ n: 2 }))];
  await items.change(runKey(runId), "batch#000001", { body: { B: new Uint8Array([9, 9]) } });
  await world.settle();
  const { status, error } = await world.run(runId);
  expect([status, error?.class]).toEqual(["failed", "internal"]);
  expect(error?.message).toContain(`stored item run#${runId} / batch#000001 cannot be read in "body"`);
  expect(world.queue.deadLetters).toMatchObject([{ message: { runId }, reason: { class: "internal" } }]);
});

test("nobody joins a batch whose run was failed as damaged", async () => {
  const { world, items } = stage({ file: batched });
  const runId = runIdOf(await world.post({ n: 1 }));
  await items.change(runKey(runId), "run", { status: { S: "paused" } });
  await world.queue.send({ runId });
  await world.invoke();
  expect((await world.run(runId)).status).toBe("failed");
  expect(runIdOf(await world.post({ n: 2 }))).not.toBe(runId);
});

test("a batch whose run took two processes down is filled by a redrive: no delivery is lost", async () => {
  const { world } = stage({ file: batched });
  const runId = runIdOf(await world.post({ n: 1 }));
  await world.post({ n: 2 });
  for (const owner of ["dead 1", "dead 2"]) {
    const now = world.clock.now();
    await world.store.claim(runId, { owner, now, leaseUntil: now + 1_000 });
    world.clock.advance(2_000);
  }
  await world.settle();
  const failed = await world.run(runId);
  expect([failed.status, failed.batch?.events]).toEqual(["failed", undefined]);
  await redriveRun(operatorOf(world.runner), runId);
  await world.settle();
  const { status, event } = await world.run(runId);
  expect([status, readBody(event)]).toEqual(["succeeded", [{ n: 1 }, { n: 2 }]]);
});
