import { randomBytes } from "node:crypto";
import {
  type AttributeValue,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { createDynamoRunStore } from "../../lib/adapters/dynamo/dynamo-run-store.ts";
import type { Item } from "../../lib/adapters/dynamo/item.ts";
import { type ClaimResult, LeaseLost, type RunStore } from "../../lib/core/ports/run-store.ts";
import type { NewRun } from "../../lib/core/run.ts";
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
import { clientOfTable, quietTable } from "../support/simulated-dynamodb.ts";
import { type StoredItems, storedItems } from "../support/stored-items.ts";

const MINUTE = 60_000;

const TABLE = "test";

let client: DynamoDBClient;
let store: RunStore;
let items: StoredItems;
beforeEach(() => {
  client = clientOfTable(quietTable());
  store = createDynamoRunStore({ client, table: TABLE, now: () => NOON });
  items = storedItems(client, TABLE);
});

const itemsOf = ({ runId }: Pick<NewRun, "runId">) => items.of(`run#${runId}`);
const change = ({ runId }: NewRun, sk: string, changes: Parameters<StoredItems["change"]>[2]) =>
  items.change(`run#${runId}`, sk, changes);
const created = async (changes: Partial<NewRun> = {}) => {
  const run = sampleRun(changes);
  await store.create(run);
  return run;
};
const mustBeDamaged = async (runId: string, claim = sampleClaim()) => {
  const result = await store.claim(runId, claim);
  if (result.kind !== "damaged") throw new Error(`run ${runId} is ${result.kind}`);
  return result.run;
};
/** Runs as they lie in a table, each with something that the others have not. */
const STORED: { readonly [about: string]: () => Promise<NewRun> } = {
  "a queued chunk of a loop with a large event": () =>
    created({
      event: { ...sampleRun().event, body: randomBytes(70_000) },
      parent: { runId: runIdAt(NOON), path: "3", awaits: true, depth: 1 },
      chunk: { number: 7, of: 9, from: 70, step: "each" },
    }),
  "a run that waits, with segments of two claims": async () => {
    const run = await created();
    const first = await mustClaim(store, run.runId);
    await store.append(first.lease, 1, [sampleEntry("0"), sampleEntry("1", "x".repeat(2_000))]);
    await store.append(first.lease, 2, [sampleEntry("2")]);
    await store.release(first.lease, sampleRelease());
    const second = await mustClaim(store, run.runId);
    await store.append(second.lease, second.nextSegment, [sampleEntry("3")]);
    const error = { step: "4", class: "timeout", message: "no answer", details: {} } as const;
    await store.release(
      second.lease,
      sampleRelease({ status: "waiting", notBefore: NOON, failures: 1, error }),
    );
    return run;
  },
  "a run whose process died": async () => {
    const run = await created();
    const first = await mustClaim(store, run.runId, sampleClaim(NOON - MINUTE));
    await store.append(first.lease, 1, [sampleEntry("0")]);
    await store.append(first.lease, 2, [sampleEntry("1")]);
    return run;
  },
};

/** One way to damage an item; `undefined`: the attribute is gone. */
interface Damage {
  readonly how: string;
  readonly sk: string;
  /** Absent: the whole item is gone. */
  readonly attribute?: string;
  readonly value?: AttributeValue | undefined;
}

// What a claim may do without, or replaces: without them it is another good run.
const OPTIONAL = [
  "error",
  "started_at",
  "not_before",
  "spent_usd",
  "lease_owner",
  "lease_until",
  "alone",
  "segments",
];
// Keys of the indexes cannot have another type, and nothing is read of them.
const INDEX_KEYS = ["wf_day", "due_shard", "due_at", "run_id"];

/** Every way in which one attribute of these items, or one of them, can be damaged. */
function damages(all: readonly Item[]): readonly Damage[] {
  return all.flatMap((item) => {
    const sk = item.sk?.S ?? "";
    const ofAttributes = Object.entries(item).flatMap(([attribute, value]): Damage[] => {
      if (attribute === "pk" || attribute === "sk") return [];
      const gone = { how: "is gone", sk, attribute, value: undefined };
      if (INDEX_KEYS.includes(attribute)) return attribute === "run_id" ? [] : [gone];
      const others: AttributeValue[] = [{ S: "x" }, { N: "7" }, { L: [] }];
      const otherTypes = others.filter((other) => !(String(Object.keys(value)[0]) in other));
      return [
        gone,
        ...otherTypes.map((other) => ({ how: `is ${JSON.stringify(other)}`, sk, attribute, value: other })),
        ...damagedBytes(value).map(([how, B]) => ({ how, sk, attribute, value: { B } })),
      ];
    });
    // Without the run itself there is no run.
    return sk === "run" ? ofAttributes : [...ofAttributes, { how: "is gone", sk }];
  });
}

function damagedBytes({ B: bytes }: AttributeValue): readonly (readonly [string, Uint8Array])[] {
  if (!bytes) return [];
  const flipped = Uint8Array.from(bytes);
  const at = Math.floor(bytes.length / 2);
  flipped[at] = (flipped[at] ?? 0) ^ 1;
  return [
    ["is empty", new Uint8Array()],
    ["is truncated", bytes.subarray(0, -1)],
    ["is another one by a bit", flipped],
    ["is any bytes", Uint8Array.from(randomBytes(bytes.length))],
  ];
}

/** What a claim must not get wrong, whatever is damaged. */
function facts(claim: ClaimResult) {
  if (claim.kind !== "claimed") return claim.kind;
  const { event, journal, workflow, hash, stage, parent, chunk, createdAt, expiresAt, failures, spentMs } =
    claim.run;
  return JSON.stringify([
    [workflow, hash, stage, parent, chunk, createdAt, expiresAt, failures, spentMs],
    [event, journal],
  ]);
}

const AT_ONCE = 20;

/** The same run under an id of its own, with one thing damaged. */
function damagedCopy(
  all: readonly Item[],
  { sk, attribute, value }: Damage,
): { readonly before: readonly Item[]; readonly runId: string } {
  const runId = runIdAt(NOON);
  const copies = all.map((item) => ({
    ...item,
    pk: { S: `run#${runId}` },
    ...(item.run_id && { run_id: { S: runId } }),
  }));
  const before = copies.flatMap((item: Item): Item[] => {
    if (item.sk?.S !== sk) return [item];
    if (attribute === undefined) return [];
    const { [attribute]: _damaged, ...others } = item;
    return [value === undefined ? others : { ...others, [attribute]: value }];
  });
  return { before, runId };
}

// What a claim that finds a good item writes, and the entry of the index that ends with the run.
const WRITTEN_BY_CLAIMS = [
  "lease_owner",
  "lease_until",
  "epoch",
  "attempt",
  "status",
  "started_at",
  "prev_owner",
  "alone",
];

/** What was there before and is not there any more, or is another thing. */
function lostOf(before: readonly Item[], after: readonly Item[]): readonly string[] {
  return before.flatMap((item) => {
    const found = after.find(({ sk }) => sk?.S === item.sk?.S) ?? {};
    const wasClaimed = item.lease_owner?.S !== found.lease_owner?.S;
    return Object.entries(item)
      .filter(([name]) => name !== "due_shard" && !(wasClaimed && WRITTEN_BY_CLAIMS.includes(name)))
      .filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(found[name]))
      .map(([name]) => `${item.sk?.S} ${name}`);
  });
}

describe("what is wrong is named with its place", () => {
  test.each([
    ["v", { N: "2" }, /has layout version {"N":"2"}; this code reads version 1/],
    ["created_at", { S: "today" }, /has no number in "created_at"/],
    ["request", { B: Uint8Array.of(0, 123) }, /cannot be read in "request": .*JSON/],
    ["body", { B: Uint8Array.of(9) }, /cannot be read in "body": unknown encoding 9/],
    ["body", { B: Uint8Array.of(1, 2, 3) }, /cannot be read in "body"/],
    ["hash", { N: "1" }, /has no text in "hash"/],
    ["status", { S: "paused" }, /has the status "paused"; known are queued, /],
    ["lease_until", { N: "9e15" }, /a day or more ahead: no lease is that long/],
  ] as const)("an unreadable %s", async (attribute, value, message) => {
    const run = await created();
    await change(run, "run", { [attribute]: value });
    const where = { message: expect.stringContaining(`run#${run.runId} / run `) };
    const what = { message: expect.stringMatching(message) };
    if (attribute !== "lease_until")
      for (const wrong of [where, what])
        await expect(store.get(run.runId)).rejects.toMatchObject({ class: "internal", ...wrong });
    const { error } = await mustBeDamaged(run.runId);
    expect(error).toMatchObject({ class: "internal", step: null, ...what });
    expect(error).toMatchObject(where);
  });

  test("an unknown status stays to be seen beside the end", async () => {
    const run = await created();
    await change(run, "run", { status: { S: "paused" } });
    await store.failDamaged(await mustBeDamaged(run.runId), NOON);
    const [item] = await itemsOf(run);
    expect(item).toMatchObject({ status: { S: "paused" }, outcome: { S: "failed" } });
    expect(await store.get(run.runId)).toMatchObject({ status: "failed", finishedAt: NOON });
    expect(await store.status(run.runId)).toBe("failed");
  });

  test("a hole in the journal, and its end", async () => {
    const run = await created();
    const { lease } = await mustClaim(store, run.runId);
    for (const n of [1, 2, 3]) await store.append(lease, n, [sampleEntry(String(n))]);
    await store.release(lease, sampleRelease());
    const [, second, third] = (await itemsOf(run)).filter(({ sk }) => sk?.S?.startsWith("seg#"));
    await items.remove(second as Item);
    const holed = await mustBeDamaged(run.runId);
    expect(holed.error.message).toMatch(/seg#000002 is missing: the journal has a hole, the next one is 3/);
    await items.put(second as Item);
    await items.remove(third as Item);
    const claim = sampleClaim(NOON + 10 * MINUTE);
    expect((await mustBeDamaged(run.runId, claim)).error.message).toMatch(
      /seg#000003 is missing.*there were 3/,
    );
  });

  test("a segment in a layout that this code does not know", async () => {
    const run = await created();
    const { lease } = await mustClaim(store, run.runId);
    await store.append(lease, 1, [sampleEntry("0")]);
    await store.release(lease, sampleRelease());
    await change(run, "seg#000001", { v: { N: "2" } });
    const { error } = await mustBeDamaged(run.runId);
    expect(error.message).toMatch(/seg#000001 has layout version {"N":"2"}; this code reads version 1/);
  });

  test("a segment of an earlier claim behind a later one, and one of a claim that never was", async () => {
    const run = await created();
    for (let claims = 0; claims < 2; claims += 1) {
      const { lease, nextSegment } = await mustClaim(store, run.runId);
      await store.append(lease, nextSegment, [sampleEntry(String(claims))]);
      await store.release(lease, sampleRelease());
    }
    await change(run, "seg#000003", { epoch: { N: "1" } });
    const behind = await mustBeDamaged(run.runId);
    expect(behind.error.message).toMatch(/seg#000003 has 1 in "epoch", behind a segment of 2/);
    await change(run, "seg#000003", { epoch: { N: "9" } });
    const beyond = await mustBeDamaged(run.runId, sampleClaim(NOON + 10 * MINUTE));
    expect(beyond.error.message).toMatch(/has 4 in "epoch", but its journal goes up to 9/);
  });

  test("a chunk", async () => {
    const body = new TextEncoder().encode(JSON.stringify([randomBytes(800_000).toString("base64")]));
    const run = await created({ event: { ...sampleRun().event, body } });
    const [chunk] = await itemsOf(run);
    const sha = chunk?.sk?.S?.split("#")[1];
    await items.put({ ...chunk, data: { B: randomBytes(350 * 1024) } });
    const message = `run#${run.runId} / run refers in "body" to blob ${sha}, whose bytes are damaged`;
    await expect(store.get(run.runId)).rejects.toThrow(message);
    expect((await mustBeDamaged(run.runId)).error.message).toContain(message);
    await items.put({ ...chunk, data: { B: randomBytes(100) } });
    await expect(store.get(run.runId)).rejects.toThrow(/chunk 0 of 3 has 100 bytes instead of 358400/);
    await items.remove(chunk as Item);
    await expect(store.get(run.runId)).rejects.toThrow(/whose chunk 0 of 3 is missing/);
    await change(run, "run", {
      body: { M: { sha: { S: String(sha) }, chunks: { N: "1000000000" }, bytes: { N: "800005" } } },
    });
    await expect(store.get(run.runId)).rejects.toThrow(
      /refers in "body" to 1000000000 chunks.* 800005 bytes/,
    );
  });
});

describe("a damaged run", () => {
  const neighbours = async () => {
    const runs = [];
    for (let made = 0; made < 3; made += 1) runs.push(await created({ dueAt: NOON }));
    return runs as [NewRun, NewRun, NewRun];
  };
  const query = { workflows: ["orders"], limit: 10, until: NOON, since: NOON };

  test("is due until it is failed, and hides no other one", async () => {
    const [first, broken, last] = await neighbours();
    await change(broken, "run", {
      status: { S: "paused" },
      expires_at: undefined,
      not_before: { S: "later" },
    });
    const due = async () => new Map((await store.due(NOON, 10)).map(({ runId, status }) => [runId, status]));
    const others = { [first.runId]: "queued", [last.runId]: "queued" };
    expect(Object.fromEntries(await due())).toEqual({ ...others, [broken.runId]: "damaged" });
    expect(await store.status(broken.runId)).toBe("damaged");
    expect(await store.failDamaged(await mustBeDamaged(broken.runId), NOON)).toBe(true);
    expect(Object.fromEntries(await due())).toEqual(others);
  });

  test("is listed among the others, before its end and after it", async () => {
    const [first, broken, last] = await neighbours();
    await change(broken, "run", { hash: { N: "1" }, created_at: undefined, v: { N: "2" } });
    const listed = async () => (await store.list(query)).map(({ runId, status }) => [runId, status]);
    const others = (status: string) => [
      [last.runId, "queued"],
      [broken.runId, status],
      [first.runId, "queued"],
    ];
    expect(await listed()).toEqual(others("damaged"));
    await store.failDamaged(await mustBeDamaged(broken.runId), NOON + 3);
    expect(await listed()).toEqual(others("failed"));
    const [found] = await store.list({ ...query, status: "failed" });
    expect(found).toEqual({
      runId: broken.runId,
      workflow: "orders",
      hash: "",
      status: "failed",
      createdAt: NOON,
      finishedAt: NOON + 3,
      costUsd: 0,
      error: { class: "internal", message: expect.stringContaining("has layout version") },
    });
  });

  test("is failed once, and an answer that got lost is recognised", async () => {
    const run = await created();
    await change(run, "run", { workflow: undefined });
    const found = await mustBeDamaged(run.runId);
    expect(await store.failDamaged(found, NOON)).toBe(true);
    expect(await store.failDamaged(found, NOON)).toBe(true);
    expect(await store.failDamaged(found, NOON + 1)).toBe(false);
    expect(await store.get(run.runId)).toMatchObject({ status: "failed", finishedAt: NOON });
  });

  test("is not failed by who finds it when somebody has claimed or ended it since", async () => {
    const run = await created();
    await change(run, "run", { workflow: undefined });
    const found = await mustBeDamaged(run.runId);
    await change(run, "run", { workflow: { S: "orders" } });
    const next = await mustClaim(store, run.runId, sampleClaim(NOON + 10 * MINUTE));
    expect(await store.failDamaged(found, NOON)).toBe(false);
    await store.finish(next.lease, sampleFinish());
    expect(await store.failDamaged({ ...found, epoch: 2 }, NOON)).toBe(false);
    expect(await store.get(run.runId)).toMatchObject({ status: "succeeded" });
  });

  test("is left alone while somebody holds it, who may end it", async () => {
    const run = await created();
    const { lease } = await mustClaim(store, run.runId);
    await change(run, "run", { status: { S: "paused" } });
    expect(await store.claim(run.runId, sampleClaim())).toEqual({ kind: "held", until: NOON + MINUTE });
    await store.finish(lease, sampleFinish());
    expect(await store.get(run.runId)).toMatchObject({ status: "succeeded" });
  });

  test("cannot be ended otherwise by a runner that stalled", async () => {
    const run = await created();
    const { lease } = await mustClaim(store, run.runId, sampleClaim(NOON - 10 * MINUTE));
    await change(run, "run", { status: { S: "paused" } });
    await store.failDamaged(await mustBeDamaged(run.runId), NOON);
    await expect(store.finish(lease, sampleFinish())).rejects.toThrow(LeaseLost);
    await expect(store.release(lease, sampleRelease())).rejects.toThrow(LeaseLost);
    expect(await store.get(run.runId)).toMatchObject({ status: "failed" });
  });

  test("a run that has ended stays as it ended, whatever is damaged", async () => {
    const run = await created();
    const { lease } = await mustClaim(store, run.runId);
    await store.finish(lease, sampleFinish());
    await change(run, "run", { status: undefined, body: undefined });
    expect(await store.claim(run.runId, sampleClaim())).toEqual({ kind: "final", status: "succeeded" });
    await expect(store.get(run.runId)).rejects.toThrow(/run has no value in "body"/);
  });

  test("goes on when it was mended and redriven, and is failed again when it was redriven only", async () => {
    const run = await created();
    await change(run, "run", { hash: undefined, outcome: { S: "unheard-of" } });
    await store.failDamaged(await mustBeDamaged(run.runId), NOON);
    const redrive = { entries: 0, now: NOON, dueAt: NOON + 2 * MINUTE, expiresAt: run.expiresAt };
    expect(await store.redrive(run.runId, { ...redrive, nth: 1 })).toEqual({ kind: "redriven" });
    await store.failDamaged(await mustBeDamaged(run.runId, sampleClaim(NOON + 10 * MINUTE)), NOON);
    await change(run, "run", { hash: { S: run.hash } });
    expect(await store.redrive(run.runId, { ...redrive, nth: 2 })).toEqual({ kind: "redriven" });
    expect(await mustClaim(store, run.runId, sampleClaim(NOON + 20 * MINUTE))).toMatchObject({
      run: { hash: run.hash, status: "running" },
    });
  });

  test("in a layout that this code does not know is not redriven", async () => {
    const run = await created();
    const { lease } = await mustClaim(store, run.runId);
    const error = { step: "0", class: "client_error", message: "no", details: {} } as const;
    await store.finish(lease, sampleFinish({ status: "failed", error }));
    await change(run, "run", { v: { N: "2" } });
    const redrive = { nth: 1, entries: 0, now: NOON, dueAt: NOON + MINUTE, expiresAt: run.expiresAt };
    await expect(store.redrive(run.runId, redrive)).rejects.toThrow(/has layout version {"N":"2"}/);
  });

  test("shows its journal up to what is damaged, without patches where the event is gone", async () => {
    const run = await created();
    const { lease } = await mustClaim(store, run.runId);
    for (const n of [1, 2, 3]) await store.append(lease, n, [sampleEntry(String(n), n)]);
    await store.release(lease, sampleRelease());
    await change(run, "seg#000002", { entries: { B: Uint8Array.of(2, 0, 0, 0, 0, 91) } });
    await store.failDamaged(await mustBeDamaged(run.runId), NOON);
    expect(await store.get(run.runId)).toMatchObject({
      workflow: "orders",
      event: { contentType: "application/json" },
      error: { message: expect.stringContaining('seg#000002 cannot be read in "entries": its checksum') },
      journal: [sampleEntry("1", 1)],
    });
    await change(run, "run", { body: undefined });
    expect((await store.get(run.runId))?.journal).toEqual([{ ...sampleEntry("1", 1), patch: [] }]);
  });
});

test("a journal that is read while others write to it is whole at the second look", async () => {
  const run = await created();
  const stalled = await mustClaim(store, run.runId, sampleClaim(NOON - 10 * MINUTE));
  for (const n of [1, 2]) await store.append(stalled.lease, n, [sampleEntry(String(n))]);
  let looks = 0;
  const send = async (command: QueryCommand) => {
    const answer = await client.send(command);
    // The first page was read before segment 1 was there, and gone on with when segment 2 was.
    if (command instanceof QueryCommand && ++looks === 1) answer.Items?.splice(0, 1);
    return answer;
  };
  const slow = createDynamoRunStore({
    client: { send } as unknown as DynamoDBClient,
    table: TABLE,
    now: () => NOON,
  });
  const next = await mustClaim(slow, run.runId);
  expect(looks).toBe(2);
  expect(next.run.journal.map(({ path }) => path)).toEqual(["1", "2"]);
});

test.each(Object.keys(STORED))(
  "%s: damaged anywhere it is failed or not harmed, and nothing is overwritten",
  async (about) => {
    const make = STORED[about] as () => Promise<NewRun>;
    const sample = await make();
    const good = await itemsOf(sample);
    const expected = facts(await store.claim(sample.runId, sampleClaim(NOON + 1)));
    const isSeen = ({ how, sk, attribute }: Damage) =>
      !(how === "is gone" && OPTIONAL.includes(attribute ?? "")) &&
      // That a process had stored one more before it died, nobody knows.
      !(about.includes("died") && attribute === undefined && sk === "seg#000002");
    const check = async (damage: Damage) => {
      const { before, runId } = damagedCopy(good, damage);
      for (const item of before) await items.put(item);
      const claim = await store.claim(runId, sampleClaim(NOON + 1));
      if (claim.kind !== "damaged")
        return { ...damage, claim, isRight: claim.kind === "claimed" && facts(claim) === expected };
      const isEnded = await store.failDamaged(claim.run, NOON + 2);
      const shown = await store.get(runId);
      const isShown = shown?.status === "failed" && shown.error?.message.includes(`run#${runId} / `);
      const lost = lostOf(before, await itemsOf({ runId }));
      return { ...damage, claim, shown, lost, isRight: isEnded && isShown && lost.length === 0 };
    };
    const cases = damages(good).filter(isSeen);
    const results = [];
    for (let at = 0; at < cases.length; at += AT_ONCE)
      results.push(...(await Promise.all(cases.slice(at, at + AT_ONCE).map(check))));
    expect(results.filter(({ isRight }) => !isRight)).toEqual([]);
    const damaged = results.filter(({ claim }) => claim.kind === "damaged");
    expect(damaged.length).toBeGreaterThan(60);
  },
  20_000,
);

test("the last entries of a failed run are copied under the next number, though somebody is faster with that one", async () => {
  const run = await created();
  const { lease } = await mustClaim(store, run.runId);
  const error = { step: "0", class: "client_error", message: "no", details: {} } as const;
  await store.finish(lease, sampleFinish({ status: "failed", error, tail: [sampleEntry("0")] }));
  let isTaken = false;
  const send = async (command: PutItemCommand) => {
    if (command instanceof PutItemCommand && !isTaken) {
      isTaken = true;
      await store.append(lease, 1, [sampleEntry("late")]);
    }
    return client.send(command);
  };
  const slow = createDynamoRunStore({
    client: { send } as unknown as DynamoDBClient,
    table: TABLE,
    now: () => NOON,
  });
  const redrive = { nth: 1, entries: 1, now: NOON, dueAt: NOON + MINUTE, expiresAt: run.expiresAt };
  expect(await slow.redrive(run.runId, redrive)).toEqual({ kind: "redriven" });
  expect((await store.get(run.runId))?.journal.map(({ path }) => path)).toEqual(["late", "0"]);
  expect(isTaken).toBe(true);
});
