import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { DeleteItemCommand, DynamoDBClient, PutItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { createDynamoRunStore } from "../../lib/adapters/dynamo/dynamo-run-store.ts";
import { tableDefinition } from "../../lib/adapters/dynamo/table-definition.ts";
import { LeaseLost, type RunStore } from "../../lib/core/ports/run-store.ts";
import type { Workflow } from "../../lib/core/workflow.ts";
import { type Dynalite, startDynalite } from "../support/dynalite.ts";
import { loseAnswers } from "../support/lost-answers.ts";
import {
  mustClaim,
  NOON,
  runIdAt,
  sampleClaim,
  sampleEntry,
  sampleFinish,
  sampleRelease,
  sampleRun,
} from "../support/sample-run.ts";
import { createWriteCounter } from "../support/write-counter.ts";

const now = () => NOON;
const MINUTE = 60_000;
let dynalite: Dynalite;
let table: string;
let client: DynamoDBClient;
let store: RunStore;

beforeAll(async () => {
  dynalite = await startDynalite();
});
afterAll(() => dynalite.stop());
beforeEach(async () => {
  table = await dynalite.createTable();
  client = dynalite.client();
  store = createDynamoRunStore({ client, table, now });
});

const itemsOf = async (pk: string) => {
  const query = {
    TableName: table,
    KeyConditionExpression: "pk = :pk",
    ExpressionAttributeValues: { ":pk": { S: pk } },
  };
  return (await client.send(new QueryCommand(query))).Items ?? [];
};
const largeRun = () => {
  const run = sampleRun();
  return { ...run, event: { ...run.event, body: randomBytes(800_000) } };
};

describe("a claim that the table fails half-way", () => {
  const outage = Object.assign(new Error("oops"), { $metadata: { httpStatusCode: 500 } });
  /** A store that cannot read journals. */
  const withoutQueries = () => {
    const send = (command: object) =>
      command instanceof QueryCommand ? Promise.reject(outage) : client.send(command as PutItemCommand);
    return createDynamoRunStore({ client: { send } as unknown as DynamoDBClient, table, now });
  };
  const inCompany = (at: number) => ({ ...sampleClaim(at), inCompany: true as const });

  test("leaves the run free, and nobody died", async () => {
    const run = sampleRun();
    await store.create(run);
    const { lease } = await mustClaim(store, run.runId);
    await store.release(lease, sampleRelease());
    await expect(withoutQueries().claim(run.runId, inCompany(NOON))).rejects.toMatchObject({
      class: "server_error",
    });
    expect(await mustClaim(store, run.runId, inCompany(NOON))).toMatchObject({ afterDeath: false });
  });

  test("is no further death of a run whose process died, however often", async () => {
    const run = sampleRun();
    await store.create(run);
    await mustClaim(store, run.runId, inCompany(NOON));
    for (let minute = 1; minute < 5; minute += 1)
      await expect(
        withoutQueries().claim(run.runId, sampleClaim(NOON + minute * MINUTE)),
      ).rejects.toMatchObject({ class: "server_error" });
    expect(await store.claim(run.runId, inCompany(NOON + 5 * MINUTE))).toEqual({ kind: "suspect" });
    const next = await mustClaim(store, run.runId, sampleClaim(NOON + 5 * MINUTE));
    expect(next).toMatchObject({ afterDeath: true, diedAlone: false });
  });
});

describe("an answer that got lost after the write was applied", () => {
  for (const where of ["wire", "call"] as const) {
    const repeats = where === "wire" ? "by the SDK" : "by the caller";

    test(`every write for a loop may be repeated ${repeats}`, async () => {
      const faulty = dynalite.client();
      const fault = loseAnswers(faulty, where);
      const { loops } = createDynamoRunStore({ client: faulty, table, now });
      const insist = async <T>(call: () => Promise<T>): Promise<T> => {
        fault.loseNext();
        if (where === "call") await expect(call()).rejects.toMatchObject({ class: "connection" });
        const result = await call();
        expect(fault.wasLost()).toBe(true);
        return result;
      };
      const loop = { runId: runIdAt(NOON), path: "0" };
      const expiresAt = NOON / 1000 + 3600;
      await insist(() => loops.keepState(loop, { n: 1 }, expiresAt));
      await insist(() => loops.keepResult(loop, 1, { value: "one", epoch: 1, expiresAt }));
      expect(await insist(() => loops.end(loop, { number: 0, of: 2, expiresAt }))).toBe(false);
      expect(await insist(() => loops.end(loop, { number: 1, of: 2, expiresAt, failed: true }))).toBe(true);
      await insist(() => loops.reopen(loop, 1));
      await insist(() => loops.removeResult(loop, 1));
      expect(await loops.state(loop)).toEqual({ n: 1 });
      expect(await loops.results(loop)).toEqual(new Map());
      const { ended, failed } = await loops.progress(loop);
      expect([[...ended], [...failed]]).toEqual([[0], []]);
    });

    test(`every write of a run's life is recognised when it is repeated ${repeats}`, async () => {
      const faulty = dynalite.client();
      const fault = loseAnswers(faulty, where);
      const losing = createDynamoRunStore({ client: faulty, table, now });
      const insist = async <T>(call: () => Promise<T>): Promise<T> => {
        fault.loseNext();
        if (where === "call") await expect(call()).rejects.toMatchObject({ class: "connection" });
        const result = await call();
        expect(fault.wasLost()).toBe(true);
        return result;
      };
      const run = largeRun();
      await insist(() => losing.create(run));
      const claim = sampleClaim();
      const first = await insist(() => mustClaim(losing, run.runId, claim));
      await insist(() => losing.append(first.lease, first.nextSegment, [sampleEntry("0")]));
      await insist(() =>
        losing.append(first.lease, first.nextSegment + 1, [
          sampleEntry("1", randomBytes(600_000).toString("hex")),
        ]),
      );
      await insist(() => losing.release(first.lease, sampleRelease({ dueAt: NOON })));
      const [due] = await losing.due(NOON, 1);
      if (!due) throw new Error("the run is not due");
      expect(await insist(() => losing.postpone(due, NOON + MINUTE))).toBe(true);
      const claimAgain = sampleClaim();
      const second = await insist(() => mustClaim(losing, run.runId, claimAgain));
      expect(second).toMatchObject({ afterDeath: false });
      await insist(() => losing.finish(second.lease, sampleFinish({ tail: [sampleEntry("2")] })));
      const found = await store.get(run.runId);
      expect(found).toMatchObject({ status: "succeeded" });
      expect(found?.journal.map(({ path }) => path)).toEqual(["0", "1", "2"]);
      const other = sampleRun();
      await insist(() => losing.create(other));
      await insist(() => losing.discard(other.runId));
      expect(await store.get(other.runId)).toBeUndefined();
    });
  }

  test("a claim whose fence was planted but not confirmed loses nothing", async () => {
    const faulty = dynalite.client();
    const fault = loseAnswers(faulty, "call");
    const losing = createDynamoRunStore({ client: faulty, table, now });
    const { runId } = sampleRun();
    await store.create(sampleRun({ runId }));
    const first = await mustClaim(store, runId);
    await store.append(first.lease, 1, [sampleEntry("0")]);
    const claim = sampleClaim(NOON + MINUTE);
    fault.loseNext(1);
    await expect(losing.claim(runId, claim)).rejects.toMatchObject({ class: "connection" });
    const second = await mustClaim(losing, runId, claim);
    expect(second).toMatchObject({ afterDeath: true, run: { journal: [{ path: "0" }] } });
    await losing.append(second.lease, second.nextSegment, [sampleEntry("1")]);
    expect((await store.get(runId))?.journal.map(({ path }) => path)).toEqual(["0", "1"]);
  });
});

describe("fencing", () => {
  test("a predecessor that writes between the claim and its fence is in the new journal, and stops there", async () => {
    const { runId } = sampleRun();
    await store.create(sampleRun({ runId }));
    const stalled = await mustClaim(store, runId);
    const slow = dynalite.client();
    let sneaked = false;
    slow.middlewareStack.add(
      (next, context) => async (args) => {
        if (context.commandName === "PutItemCommand" && !sneaked) {
          sneaked = true;
          await store.append(stalled.lease, 1, [sampleEntry("0")]);
        }
        return next(args);
      },
      { step: "initialize" },
    );
    const next = await mustClaim(
      createDynamoRunStore({ client: slow, table, now }),
      runId,
      sampleClaim(NOON + MINUTE),
    );
    expect(sneaked).toBe(true);
    expect(next).toMatchObject({ nextSegment: 3, run: { journal: [{ path: "0" }] } });
    await expect(store.append(stalled.lease, 2, [sampleEntry("1")])).rejects.toThrow(LeaseLost);
  });
});

test("a journal that is full takes no further segment", async () => {
  const { runId } = sampleRun();
  await store.create(sampleRun({ runId }));
  const { lease } = await mustClaim(store, runId);
  await store.append(lease, 999_999, [sampleEntry("0")]);
  await expect(store.append(lease, 1_000_000, [sampleEntry("1")])).rejects.toMatchObject({
    class: "invalid_input",
  });
});

describe("values too large for an item", () => {
  test("no item exceeds 400 KB, and taking the run back takes its chunks too", async () => {
    const run = largeRun();
    await store.create(run);
    const items = await itemsOf(`run#${run.runId}`);
    expect(items.map(({ sk }) => sk?.S?.replace(/[0-9a-f]{64}/, "sha"))).toEqual([
      "blob#sha#0",
      "blob#sha#1",
      "blob#sha#2",
      "run",
    ]);
    for (const { data, expires_at } of items.slice(0, 3)) {
      expect(data?.B?.length).toBeLessThanOrEqual(350 * 1024);
      expect(expires_at).toEqual({ N: String(run.expiresAt) });
    }
    await store.discard(run.runId);
    expect(await itemsOf(`run#${run.runId}`)).toEqual([]);
  });

  test("a chunk that is missing or damaged is named", async () => {
    const run = largeRun();
    await store.create(run);
    const [chunk] = await itemsOf(`run#${run.runId}`);
    if (!chunk) throw new Error("the event has no chunk");
    await client.send(
      new PutItemCommand({ TableName: table, Item: { ...chunk, data: { B: randomBytes(350 * 1024) } } }),
    );
    const sha = chunk.sk?.S?.split("#")[1];
    const where = `run#${run.runId} / run refers in "body" to blob ${sha}`;
    await expect(store.get(run.runId)).rejects.toMatchObject({
      class: "internal",
      message: expect.stringContaining(where),
    });
    await client.send(
      new DeleteItemCommand({
        TableName: table,
        Key: { pk: chunk.pk ?? { S: "" }, sk: chunk.sk ?? { S: "" } },
      }),
    );
    await expect(store.get(run.runId)).rejects.toThrow(/whose chunk 0 of 3 is missing/);
  });
});

describe("a damaged version", () => {
  const workflow = { name: "orders", hash: "cd34".repeat(16), steps: [] } as unknown as Workflow;
  const key = { pk: { S: "flow#orders" }, sk: { S: `hash#${workflow.hash}` } };

  test.each([
    ["v", { N: "2" }, /has layout version {"N":"2"}; this code reads version 1/],
    ["workflow", { B: Uint8Array.of(0, 123) }, /cannot be read in "workflow": .*JSON/],
    [
      "workflow",
      { B: Buffer.from('\0{"name":"refunds"}') },
      /holds no text of version cd34cd34cd34 of workflow orders/,
    ],
  ] as const)(
    "whose %s is not as it was written is internal and says where",
    async (attribute, value, message) => {
      await store.putVersion(workflow);
      const item = { ...key, v: { N: "1" }, workflow: { B: Uint8Array.of(0) }, [attribute]: value };
      await client.send(new PutItemCommand({ TableName: table, Item: item }));
      const error = { class: "internal", message: expect.stringMatching(message) };
      await expect(store.getVersion("orders", workflow.hash)).rejects.toMatchObject(error);
    },
  );
});

describe("what the store is asked", () => {
  test("a run without effects costs three writes and seven units, with n effects n writes and units more", async () => {
    const counter = createWriteCounter(tableDefinition(table), dynalite.client());
    counter.watchTable(client);
    const costs = async (work: () => Promise<unknown>) => {
      counter.reset();
      await work();
      const { writes, units, reads } = counter.count();
      return { writes, units, reads };
    };
    const run = sampleRun();
    expect(await costs(() => store.create(run))).toEqual({ writes: 1, units: 3, reads: 0 });
    const claimed = await mustClaim(store, run.runId).then(({ lease }) => lease);
    const other = sampleRun();
    await store.create(other);
    expect(await costs(() => mustClaim(store, other.runId))).toEqual({ writes: 1, units: 1, reads: 0 });
    expect(await costs(() => store.append(claimed, 1, [sampleEntry("0")]))).toEqual({
      writes: 1,
      units: 1,
      reads: 0,
    });
    const finish = sampleFinish({ tail: [sampleEntry("1")], output: { ok: true } });
    expect(await costs(() => store.finish(claimed, finish))).toEqual({ writes: 1, units: 3, reads: 0 });
  });

  test("no request scans the table", async () => {
    const counter = createWriteCounter(tableDefinition(table), dynalite.client());
    counter.watchTable(client);
    const run = sampleRun();
    await store.create(run);
    await store.list({ workflows: ["orders"], limit: 10, until: NOON, since: NOON });
    await store.due(NOON, 10);
    await store.get(run.runId);
    expect(counter.count().requests).toEqual({ PutItem: 1, Query: 4 + 8 + 1, BatchGetItem: 1 });
  });

  test("what a batch left undone is asked for again", async () => {
    const run = largeRun();
    let [writes, reads] = [0, 0];
    client.middlewareStack.add(
      (next, context) => async (args) => {
        const first =
          (context.commandName === "BatchWriteItemCommand" && ++writes === 1) ||
          (context.commandName === "BatchGetItemCommand" && ++reads === 1);
        const { RequestItems } = args.input as { RequestItems?: Record<string, unknown> };
        const undone = { UnprocessedItems: RequestItems, UnprocessedKeys: RequestItems };
        if (!first) return next(args);
        return { response: {}, output: { $metadata: {}, ...undone } } as Awaited<ReturnType<typeof next>>;
      },
      { step: "initialize" },
    );
    await store.create(run);
    expect((await store.get(run.runId))?.event.body).toHaveLength(800_000);
    expect([writes, reads]).toEqual([2, 2]);
  });

  test("lists and due runs take more open runs than one batch reads", async () => {
    const runs = Array.from({ length: 120 }, (_none, n) => sampleRun({ createdAt: NOON + n }));
    await Promise.all(runs.map((run) => store.create(run)));
    const found = await store.list({ workflows: ["orders"], limit: 110, until: NOON + 200, since: NOON });
    expect(found.map(({ runId }) => runId)).toEqual(
      runs
        .map(({ runId }) => runId)
        .reverse()
        .slice(0, 110),
    );
    expect(await store.due(Number.POSITIVE_INFINITY, 1_000)).toHaveLength(120);
  });
});

describe("a store that cannot be used", () => {
  const answering = async (status: number, type: string, work: (broken: RunStore) => Promise<void>) => {
    const server = createServer((_request, response) => {
      response
        .writeHead(status, { "content-type": "application/x-amz-json-1.0" })
        .end(JSON.stringify({ __type: type, message: "no" }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const broken = new DynamoDBClient({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      maxAttempts: 1,
    });
    try {
      await work(createDynamoRunStore({ client: broken, table }));
    } finally {
      broken.destroy();
      server.close();
    }
  };

  test.each([
    [400, "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException", "rate_limited"],
    [400, "com.amazon.coral.availability#ThrottlingException", "rate_limited"],
    [500, "com.amazonaws.dynamodb.v20120810#InternalServerError", "server_error"],
    [503, "ServiceUnavailable", "server_error"],
  ])("an answer %i %s is %s", async (status, type, errorClass) => {
    await answering(status, type, async (broken) => {
      await expect(broken.create(sampleRun())).rejects.toMatchObject({
        name: "FlowError",
        class: errorClass,
      });
    });
  });

  test("a fault of ours keeps its own name", async () => {
    await answering(400, "com.amazon.coral.validate#ValidationException", async (broken) => {
      await expect(broken.get(runIdAt(NOON))).rejects.toMatchObject({ name: "ValidationException" });
    });
  });

  test("a store that is not there is a connection error", async () => {
    const nobody = new DynamoDBClient({
      endpoint: "http://127.0.0.1:1",
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      maxAttempts: 1,
    });
    const lost = createDynamoRunStore({ client: nobody, table });
    await expect(lost.get(runIdAt(NOON))).rejects.toMatchObject({ class: "connection" });
    nobody.destroy();
  });
});

describe("redriving", () => {
  const error = { step: "1", class: "timeout", message: "no answer", details: {} } as const;
  const redrive = { nth: 1, entries: 2, now: NOON + MINUTE, dueAt: NOON + 2 * MINUTE, expiresAt: 0 };
  const failed = async () => {
    const run = sampleRun();
    await store.create(run);
    const { lease, nextSegment } = await mustClaim(store, run.runId);
    await store.append(lease, nextSegment, [sampleEntry("0")]);
    await store.finish(lease, sampleFinish({ status: "failed", error, tail: [sampleEntry("1")] }));
    return run;
  };
  const pathsOf = async (runId: string) => (await store.get(runId))?.journal.map(({ path }) => path);

  test("one that died between its writes leaves a failed run whose history reads right, and can be repeated", async () => {
    for (const name of ["PutItemCommand", "UpdateItemCommand"]) {
      const { runId, expiresAt } = await failed();
      const dying = dynalite.client();
      dying.middlewareStack.add(
        (next, context) => async (args) => {
          if (context.commandName === name) throw new Error("the process died");
          return next(args);
        },
        { step: "initialize" },
      );
      const struck = createDynamoRunStore({ client: dying, table, now });
      const wish = { ...redrive, expiresAt: expiresAt + 1_000 };
      await expect(struck.redrive(runId, wish)).rejects.toThrow("the process died");
      expect(await store.get(runId)).toMatchObject({ status: "failed", error });
      expect(await pathsOf(runId)).toEqual(["0", "1"]);
      expect(await store.redrive(runId, wish)).toEqual({ kind: "redriven" });
      expect(await pathsOf(runId)).toEqual(["0", "1"]);
      expect(new Set((await itemsOf(`run#${runId}`)).map((item) => item.expires_at?.N))).toEqual(
        new Set([String(expiresAt + 1_000)]),
      );
      dying.destroy();
    }
  });

  for (const where of ["wire", "call"] as const) {
    test(`an answer that got lost at any of its writes is made up for by repeating (${where})`, async () => {
      for (const skipping of [0, 1]) {
        const { runId } = await failed();
        const faulty = dynalite.client();
        const fault = loseAnswers(faulty, where);
        fault.loseNext(skipping);
        const losing = createDynamoRunStore({ client: faulty, table, now });
        const first = losing.redrive(runId, redrive);
        if (where === "call") await expect(first).rejects.toMatchObject({ class: "connection" });
        else expect(await first).toEqual({ kind: "redriven" });
        expect(fault.wasLost()).toBe(true);
        expect(await losing.redrive(runId, redrive)).toEqual({ kind: "redriven" });
        expect(await store.get(runId)).toMatchObject({
          status: "queued",
          redrives: [{ at: NOON + MINUTE, entries: 2 }],
        });
        expect(await pathsOf(runId)).toEqual(["0", "1"]);
        faulty.destroy();
      }
    });
  }

  test.each(["PutItemCommand", "UpdateItemCommand"])(
    "one whose %s comes late, after another redrive and the next failure, changes nothing",
    async (name) => {
      const { runId } = await failed();
      const slow = dynalite.client();
      let isLate = false;
      slow.middlewareStack.add(
        (next, context) => async (args) => {
          if (context.commandName === name && !isLate) {
            isLate = true;
            await store.redrive(runId, redrive);
            const { lease } = await mustClaim(store, runId);
            await store.finish(lease, sampleFinish({ status: "failed", error, tail: [sampleEntry("2")] }));
          }
          return next(args);
        },
        { step: "initialize" },
      );
      const late = createDynamoRunStore({ client: slow, table, now });
      expect(await late.redrive(runId, redrive)).toEqual({ kind: "redriven" });
      expect(isLate).toBe(true);
      expect(await store.get(runId)).toMatchObject({
        status: "failed",
        epoch: 2,
        redrives: [{ at: NOON + MINUTE, entries: 2 }],
      });
      expect(await pathsOf(runId)).toEqual(["0", "1", "2"]);
      slow.destroy();
    },
  );
});

test("of a blanked history only the run's own item is left", async () => {
  const run = largeRun();
  await store.create(run);
  const { lease } = await mustClaim(store, run.runId);
  await store.append(lease, 1, [sampleEntry("0", randomBytes(750_000).toString("base64"))]);
  const history = { event: { ...run.event, body: new Uint8Array() }, journal: [sampleEntry("0", "***")] };
  await store.finish(lease, sampleFinish({ history }));
  expect((await itemsOf(`run#${run.runId}`)).map(({ sk }) => sk?.S)).toEqual(["run"]);
});

test("what a blanked history has replaced is deleted by the next claim when its runner died too soon", async () => {
  const run = sampleRun();
  await store.create(run);
  const { lease } = await mustClaim(store, run.runId);
  await store.append(lease, 1, [sampleEntry("0", "4111")]);
  const remains = await itemsOf(`run#${run.runId}`);
  await store.finish(lease, sampleFinish({ history: { event: run.event, journal: [] } }));
  for (const Item of remains.filter(({ sk }) => sk?.S !== "run"))
    await client.send(new PutItemCommand({ TableName: table, Item }));
  expect(await store.claim(run.runId, sampleClaim(NOON + MINUTE))).toMatchObject({ kind: "final" });
  expect((await itemsOf(`run#${run.runId}`)).map(({ sk }) => sk?.S)).toEqual(["run"]);
});

test("a run that waits beyond its expiry takes everything that is stored of it along", async () => {
  const sample = sampleRun();
  const run = { ...sample, event: { ...sample.event, body: randomBytes(400_000) } };
  await store.create(run);
  const { lease } = await mustClaim(store, run.runId);
  await store.append(lease, 1, [sampleEntry("0")]);
  await store.append(lease, 2, [sampleEntry("1", randomBytes(300_000).toString("hex"))]);
  const expiresAt = run.expiresAt + 1_000;
  await store.release(lease, sampleRelease({ status: "waiting", expiresAt }));
  const items = await itemsOf(`run#${run.runId}`);
  expect(items.length).toBeGreaterThan(5);
  expect(new Set(items.map((item) => item.expires_at?.N))).toEqual(new Set([String(expiresAt)]));
});
