import { beforeEach, describe, expect, test } from "@jest/globals";
import { createMemorySplits } from "../../lib/adapters/memory/memory-splits.ts";
import { announceVersions, settleSplits } from "../../lib/app/announce-versions.ts";
import { changeSplits } from "../../lib/app/change-splits.ts";
import { compareVersions } from "../../lib/app/compare-versions.ts";
import { misfits } from "../../lib/app/fits-deployment.ts";
import { planSplits } from "../../lib/app/plan-splits.ts";
import { SPLITS_FRESH_MS } from "../../lib/app/served-entry.ts";
import { shareOf } from "../../lib/app/share-of.ts";
import { takeMessages } from "../../lib/app/take-messages.ts";
import { FlowError } from "../../lib/core/flow-error.ts";
import type { JsonObject } from "../../lib/core/json.ts";
import type { Splits } from "../../lib/core/ports/splits.ts";
import { mainVersion, NO_SPLITS, splitOf, withSplit } from "../../lib/core/split.ts";
import type { Workflow } from "../../lib/core/workflow.ts";
import { compiled } from "../support/engine-run.ts";
import { queueMessage, tick } from "../support/inbox-messages.ts";
import { createWorld, runIdOf, type World, type WorldOptions, webhookPathIn } from "../support/world.ts";

const says = (word: string, more: JsonObject = {}): JsonObject => ({
  ...more,
  steps: [{ type: "print", text: word }],
  output: { word },
});
const word = { at: 0, by: "ann" };

/** A stage on which the workflow's file `now` is deployed, and the version of `before` is kept. */
async function stage(before: JsonObject, now: JsonObject, options: Partial<WorldOptions> = {}) {
  const splits = createMemorySplits();
  const world = createWorld({
    file: now,
    ...options,
    wrapSplits: () => options.wrapSplits?.(splits) ?? splits,
  });
  const earlier = compiled({ name: "example", ...before });
  await world.store.putVersion(earlier);
  const current = world.runner.catalog.current("example") as Workflow;
  const split = (percent: number) =>
    changeSplits(splits, (table) =>
      withSplit(table, "example", {
        version: current.hash,
        base: earlier.hash,
        percent,
        kind: percent === 0 ? "rollback" : "rollout",
        ...word,
      }),
    );
  return { world, splits, earlier, current, split };
}

async function outputOf(world: World, runId: string) {
  await world.settle();
  return (await world.run(runId)).output;
}

const forget = ({ clock }: World) => clock.advance(SPLITS_FRESH_MS);

describe("a version that is rolled back", () => {
  test("gets no new runs any more, at most some seconds later; those under way finish on it", async () => {
    const { world, split } = await stage(says("before"), says("now"));
    const underWay = runIdOf(await world.post({}));
    await split(0);
    forget(world);
    const next = runIdOf(await world.post({}));
    expect(await outputOf(world, underWay)).toEqual({ word: "now" });
    expect(await outputOf(world, next)).toEqual({ word: "before" });
  });

  test("gets them again when that is undone", async () => {
    const { world, splits, split } = await stage(says("before"), says("now"));
    await split(0);
    await world.post({});
    await changeSplits(splits, () => ({ ...NO_SPLITS, revision: 1 }));
    forget(world);
    expect(await outputOf(world, runIdOf(await world.post({})))).toEqual({ word: "now" });
  });

  test("decides nothing of a delivery: who may call, what fits and what is the same is for the earlier one to say", async () => {
    const input = (more: JsonObject) => ({ input: { type: "http_webhook", ...more } });
    const { world, split } = await stage(
      says("before", input({ schema: { type: "object", required: ["id"] }, dedupe: { key: "${input.id}" } })),
      says("now", input({ schema: { type: "object", required: ["number"] } })),
    );
    await split(0);
    expect((await world.post({ number: 1 })).status).toBe(422);
    const first = runIdOf(await world.post({ id: 7 }));
    expect((await world.post({ id: 7 })).body).toMatchObject({ run_id: first, dedupe: "duplicate" });
  });

  test("is not started by its schedule, a queue or a step either", async () => {
    const cron = { input: { type: "cron", cron: "0 4 * * *" } };
    const scheduled = await stage(says("before", cron), says("now", cron));
    await scheduled.split(0);
    await takeMessages(scheduled.world.inbox, [tick("2026-01-01T04:00:00Z")]);

    const sqs = { input: { type: "sqs", queue: queueMessage({}).queueArn } };
    const queued = await stage(says("before", sqs), says("now", sqs));
    await queued.split(0);
    await takeMessages(queued.world.inbox, [queueMessage({})]);

    for (const { world, earlier } of [scheduled, queued]) {
      await world.settle();
      const runs = await world.store.list({ workflows: ["example"], limit: 9, since: 0, until: Infinity });
      expect(runs.map(({ hash, status }) => [hash, status])).toEqual([[earlier.hash, "succeeded"]]);
    }

    const started = await stage(says("before"), says("now"), {
      workflows: {
        parent: {
          steps: [{ type: "run_workflow", name: "example", output_to: "child" }],
          output: "${child}",
        },
      },
    });
    await started.split(0);
    const { world } = started;
    const parent = await world.post({}, { path: webhookPathIn("parent") });
    expect(await outputOf(world, runIdOf(parent))).toEqual({ word: "before" });
  });

  test("does not count with its limits: those of the version that serves hold", async () => {
    const call = { type: "http_call", url: "https://x.test/", output_to: "a" };
    const limited = { input: { type: "http_webhook", limits: { concurrency: { count: 1 } } } };
    const { world, split } = await stage(
      { steps: [call] },
      { ...limited, steps: [call] },
      {
        http: [{ url: "https://x.test/", body: {} }],
      },
    );
    await split(0);
    const ids = [runIdOf(await world.post({})), runIdOf(await world.post({}))];
    await world.invoke();
    for (const id of ids) expect((await world.run(id)).status).toBe("succeeded");
  });

  test("says nothing where another version is deployed by now", async () => {
    const { world, split } = await stage(says("before"), says("now"));
    await split(0);
    world.deploy(compiled({ name: "example", ...says("mended") }));
    expect(await outputOf(world, runIdOf(await world.post({})))).toEqual({ word: "mended" });
  });
});

describe("a version in rollout", () => {
  test("gets its share of the deliveries", async () => {
    const { world, current, split } = await stage(says("before"), says("now"));
    await split(30);
    const ids = [];
    for (let nth = 0; nth < 200; nth += 1) ids.push(runIdOf(await world.post({ nth })));
    const hashes = await Promise.all(ids.map(async (id) => (await world.run(id)).hash));
    const share = hashes.filter((hash) => hash === current.hash).length;
    // Of 200 at 30 %, four standard deviations are 26.
    expect(Math.abs(share - 60)).toBeLessThanOrEqual(26);
  });

  test("gets all copies of a delivery or none, where deliveries have copies", async () => {
    const input = (key: string) => ({ input: { type: "http_webhook", dedupe: { key } } });
    const { world, split } = await stage(
      says("before", input("${input.id}")),
      says("now", input("${input.id}/2")),
    );
    await split(50);
    for (let id = 0; id < 20; id += 1) {
      const first = runIdOf(await world.post({ id }));
      expect((await world.post({ id })).body).toMatchObject({ run_id: first, dedupe: "duplicate" });
    }
  });

  test("orders ids anew for each version, and evenly", () => {
    const ids = Array.from({ length: 1_000 }, (_, index) => `id ${index}`);
    const below = (version: string) => ids.filter((id) => shareOf(version, id) < 10);
    expect(Math.abs(below("a").length - 100)).toBeLessThanOrEqual(40);
    expect(below("a")).not.toEqual(below("b"));
    expect(shareOf("a", "id")).toBe(shareOf("a", new TextEncoder().encode("id")));
  });
});

describe("what serves", () => {
  let reads = 0;
  let failing = false;
  const unsteady = (splits: Splits): Splits => ({
    ...splits,
    async read() {
      reads += 1;
      if (failing) throw new FlowError("connection", "the table does not answer");
      return splits.read();
    },
  });
  beforeEach(() => {
    [reads, failing] = [0, false];
  });

  test("is read once in some seconds, whatever comes meanwhile", async () => {
    const world = createWorld({ file: says("now"), wrapSplits: unsteady });
    await Promise.all(Array.from({ length: 5 }, () => world.post({})));
    await world.post({});
    expect(reads).toBe(1);
    forget(world);
    await world.post({});
    expect(reads).toBe(2);
  });

  test("is asked again of the sender while it was never read", async () => {
    const world = createWorld({ file: says("now"), wrapSplits: unsteady });
    failing = true;
    expect((await world.post({})).status).toBe(503);
    failing = false;
    expect((await world.post({})).status).toBe(202);
  });

  test("stays what it was while it cannot be read", async () => {
    const { world, split } = await stage(says("before"), says("now"), { wrapSplits: unsteady });
    await split(0);
    await world.post({});
    failing = true;
    forget(world);
    expect(await outputOf(world, runIdOf(await world.post({})))).toEqual({ word: "before" });
    expect(world.log.lines.filter(({ level }) => level === "warn")).toHaveLength(1);
  });

  test("refuses to guess where the text of the earlier version is gone", async () => {
    const { world, splits, current } = await stage(says("before"), says("now"));
    const gone = {
      version: current.hash,
      base: "f".repeat(64),
      percent: 0,
      kind: "rollback",
      ...word,
    } as const;
    await changeSplits(splits, (table) => withSplit(table, "example", gone));
    expect((await world.post({})).status).toBe(503);
  });
});

describe("a deployment", () => {
  const version = (name: string, rollout?: string) =>
    compiled({ name: "lead", ...says(name), ...(rollout !== undefined && { rollout }) });
  const [a, b, c] = [version("a"), version("b"), version("c")];

  async function deployAll(steps: readonly (readonly [Workflow, "rolled back"?])[]) {
    const { store } = createWorld({ file: says("x") });
    const splits = createMemorySplits();
    let deployed: { [name: string]: string } = {};
    for (const [workflow, then] of steps) {
      await announceVersions({ store, splits }, [workflow], deployed, word);
      deployed = { lead: workflow.hash };
      await settleSplits(splits, [workflow]);
      if (then)
        await changeSplits(splits, (table) =>
          withSplit(table, "lead", {
            version: workflow.hash,
            base: a.hash,
            percent: 0,
            kind: "rollback",
            ...word,
          }),
        );
    }
    const table = await splits.read();
    const last = (steps.at(-1) as readonly [Workflow])[0];
    return { store, table, split: splitOf(table, last), main: mainVersion(table, last) };
  }

  test("keeps each version, and which one served before it", async () => {
    const { store, table } = await deployAll([[a], [b], [c]]);
    const kept = await store.versionsLike("lead", "");
    expect(Object.fromEntries(kept.map(({ hash, before }) => [hash, before]))).toEqual({
      [a.hash]: undefined,
      [b.hash]: a.hash,
      [c.hash]: b.hash,
    });
    expect(table.splits).toEqual({});
  });

  test("gives a new version the share that its file says, the rest to what served until now", async () => {
    expect((await deployAll([[a], [version("b", "5%")]])).split).toMatchObject({
      kind: "rollout",
      version: b.hash,
      base: a.hash,
      percent: 5,
    });
    // The one before was still in rollout itself.
    expect((await deployAll([[a], [version("b", "5%")], [version("c", "1%")]])).split).toMatchObject({
      version: c.hash,
      base: a.hash,
      percent: 1,
    });
  });

  test("changes the share of a version when its file says another one, and ends the rollout when it says none", async () => {
    expect((await deployAll([[a], [version("b", "5%")], [version("b", "40%")]])).split).toMatchObject({
      base: a.hash,
      percent: 40,
    });
    expect((await deployAll([[a], [version("b", "5%")], [b]])).split).toBeUndefined();
  });

  test("of a first version gives it all", async () => {
    expect((await deployAll([[version("a", "5%")]])).split).toBeUndefined();
  });

  test("of the same version leaves it rolled back; of another one ends that, also where the first comes back", async () => {
    expect((await deployAll([[a], [b, "rolled back"], [b]])).main).toBe(a.hash);
    expect((await deployAll([[a], [b, "rolled back"], [c]])).main).toBe(c.hash);
    expect((await deployAll([[a], [b, "rolled back"], [c], [b]])).main).toBe(b.hash);
    expect((await deployAll([[a], [b, "rolled back"], [a]])).main).toBe(a.hash);
  });

  test("is refused where a version that is to get the rest could not serve beside it", async () => {
    const webhook = (limits: JsonObject) => ({ input: { type: "http_webhook", limits } });
    const before = compiled({ name: "lead", ...says("a", webhook({ concurrency: { count: 1 } })) });
    const next = version("b", "5%");
    const plan = planSplits(NO_SPLITS, [next], { lead: before.hash }, word, async () => before);
    await expect(plan).rejects.toMatchObject({
      class: "invalid_input",
      message: expect.stringMatching(/work at once/),
    });
    expect(await planSplits(NO_SPLITS, [next], { lead: a.hash }, word, async () => a)).toMatchObject([
      { name: "lead", change: "begins", split: { percent: 5 } },
    ]);
    expect(await planSplits(NO_SPLITS, [next], {}, word, async () => undefined)).toEqual([
      { name: "lead", change: "alone" },
    ]);
  });
});

describe("an earlier version", () => {
  const current = compiled({ name: "lead", ...says("now") });
  const earlier = (more: JsonObject) => compiled({ name: "lead", ...says("before"), ...more });

  test("fits where the functions can do for it what they do for the deployed ones", () => {
    expect(misfits(earlier({}), [current])).toEqual([]);
    const limited = { input: { type: "http_webhook", limits: { rate: { count: 1, per: 1 } } } };
    expect(
      misfits(earlier(limited), [current, compiled({ name: "other", ...says("x"), ...limited })]),
    ).toEqual([]);
  });

  test.each([
    ["its workflow is not deployed", {}, [], /not deployed/],
    ["its input is another one", { input: { type: "cron", cron: "0 4 * * *" } }, [current], /another input/],
    [
      "its schedule is another one",
      { input: { type: "cron", cron: "0 4 * * *" } },
      [compiled({ name: "lead", ...says("now"), input: { type: "cron", cron: "0 5 * * *" } })],
      /schedule/,
    ],
    [
      "it verifies, and no deployed one does",
      {
        environment: [{ name: "KEY", secret: true }],
        input: { type: "http_webhook", verify: { preset: "github", secret: "${env:KEY}" } },
      },
      [current],
      /check deliveries/,
    ],
    [
      "its senders wait",
      { input: { type: "http_webhook", respond: { wait: 5 } } },
      [current],
      /senders wait/,
    ],
    [
      "it reads a name that nobody declares",
      { environment: ["CRM_URL"], output: "${env:CRM_URL}" },
      [current],
      /CRM_URL/,
    ],
  ] as const)("does not where %s", (_about, more, deployed, reason) => {
    expect(misfits(earlier(more as JsonObject), deployed).join()).toMatch(reason);
  });
});

describe("versions are compared", () => {
  test("by how many runs of each failed, how long they took and what they cost", async () => {
    const { world, split, earlier, current } = await stage(
      { steps: [{ type: "http_call", url: "https://x.test/" }] },
      says("now"),
      { http: [{ url: "https://x.test/", status: 404 }] },
    );
    await world.post({});
    await world.post({});
    await split(0);
    forget(world);
    await world.post({});
    await world.settle();
    const numbers = await compareVersions(world.store, "example", {
      since: 0,
      now: world.clock.now(),
      limit: 10,
    });
    expect(numbers.get(current.hash)).toMatchObject({ runs: 2, succeeded: 2, failed: 0, meanUsd: 0 });
    expect(numbers.get(current.hash)?.p95Ms).toBeGreaterThanOrEqual(0);
    expect(numbers.get(earlier.hash)).toEqual({ runs: 1, succeeded: 0, dropped: 0, failed: 1, meanUsd: 0 });
  });
});
