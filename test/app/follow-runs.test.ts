import { expect, test } from "@jest/globals";
import { type FollowOptions, followRuns, type NewsOfRuns } from "../../lib/app/follow-runs.ts";
import { createWorld, runIdOf } from "../support/world.ts";

const file = { steps: [{ type: "wait", seconds: 60 }] };

function following(world: ReturnType<typeof createWorld>, more: Partial<FollowOptions> = {}) {
  const ending = new AbortController();
  const looks = followRuns(world.store, world.clock, {
    workflows: async () => ["example"],
    everyMs: 2_000,
    signal: ending.signal,
    ...more,
  });
  const look = async () =>
    ((await looks.next()).value as NewsOfRuns).news.map(({ kind, run }) => [kind, run.runId, run.status]);
  return { look, ending, looks };
}

test("each run is told of once as it begins and once as it ends", async () => {
  const world = createWorld({ file });
  const { look } = following(world);
  expect(await look()).toEqual([]);
  const first = runIdOf(await world.post({}));
  const second = runIdOf(await world.post({}));
  expect(await look()).toEqual([
    ["began", first, "queued"],
    ["began", second, "queued"],
  ]);
  await world.invoke();
  expect(await look()).toEqual([]);
  await world.settle();
  expect(await look()).toEqual([
    ["ended", first, "succeeded"],
    ["ended", second, "succeeded"],
  ]);
  expect(await look()).toEqual([]);
});

test("runs from before are not told of, and an ended signal ends it", async () => {
  const world = createWorld({ file });
  await world.post({});
  await world.clock.sleep(60_000);
  const { look, ending, looks } = following(world);
  expect(await look()).toEqual([]);
  ending.abort();
  expect((await looks.next()).done).toBe(true);
});

test("a look asks for 50 open runs, however many there are, and for each in its turn", async () => {
  const world = createWorld({ file });
  let asked = 0;
  const store = {
    list: world.store.list,
    summary: (runId: string) => {
      asked += 1;
      return world.store.summary(runId);
    },
  };
  const ending = new AbortController();
  const looks = followRuns(store, world.clock, {
    workflows: async () => ["example"],
    everyMs: 60_000,
    signal: ending.signal,
  });
  await looks.next();
  for (let n = 0; n < 80; n += 1) await world.post({});
  await looks.next();
  await world.settle();
  await world.clock.sleep(120_000);
  const kinds: string[] = [];
  for (let n = 0; n < 2; n += 1) {
    asked = 0;
    kinds.push(...((await looks.next()).value as NewsOfRuns).news.map(({ kind }) => kind));
    expect(asked).toBeLessThanOrEqual(50);
  }
  expect(kinds).toEqual(Array(80).fill("ended"));
});
