import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import type { BurstDelivery, Bursts } from "../../lib/core/ports/bursts.ts";
import type { Burst } from "../../lib/core/run.ts";
import { NOON, runIdAt } from "../support/sample-run.ts";

/** What every adapter of {@link Bursts} promises. */
export function burstsContract(open: () => Promise<Bursts>): void {
  const delivery = (seconds: number, more: Partial<BurstDelivery> = {}): BurstDelivery => ({
    workflow: "flow",
    key: "a",
    runId: runIdAt(NOON + seconds * 1000),
    seconds: 10,
    keptSeconds: 86_400,
    ...more,
  });
  const joinAll = async (bursts: Bursts, deliveries: readonly BurstDelivery[]) => {
    const joined = new Map<string, Burst>();
    for (const one of deliveries) joined.set(one.runId, await bursts.join(one));
    return joined;
  };
  const followersOf = (bursts: Bursts, { runId }: BurstDelivery, joined: ReadonlyMap<string, Burst>) =>
    Array.fromAsync(bursts.followers(runId, joined.get(runId) as Burst));
  const secondsOf = ({ until }: Burst) => (until - NOON) / 1000;

  test("a run begins when its key has been silent for so long; those that came before that follow it, the latest first", async () => {
    const bursts = await open();
    const [first, second, third, late] = [delivery(0), delivery(4), delivery(9), delivery(20)];
    const joined = await joinAll(bursts, [first, second, third, late]);
    expect([...joined.values()].map(secondsOf)).toEqual([10, 14, 19, 30]);
    expect(await followersOf(bursts, first, joined)).toEqual([third.runId, second.runId]);
    expect(await followersOf(bursts, second, joined)).toEqual([third.runId]);
    expect(await followersOf(bursts, third, joined)).toEqual([]);
    expect(await followersOf(bursts, late, joined)).toEqual([]);
  });

  test("what comes when a run begins follows it no more", async () => {
    const bursts = await open();
    const [first, then] = [delivery(0), delivery(10)];
    const joined = await joinAll(bursts, [first, then]);
    expect(await followersOf(bursts, first, joined)).toEqual([]);
  });

  test("of deliveries in one millisecond the one with the last id follows the others", async () => {
    const bursts = await open();
    const [first, then] = [delivery(0), delivery(0)];
    const joined = await joinAll(bursts, [then, first]);
    expect(await followersOf(bursts, first, joined)).toEqual([then.runId]);
    expect(await followersOf(bursts, then, joined)).toEqual([]);
  });

  test("of 64 at once one has no followers", async () => {
    const bursts = await open();
    const all = Array.from({ length: 64 }, () => delivery(0, { maxSeconds: 60 }));
    const joined = await Promise.all(all.map((one) => bursts.join(one)));
    const followers = await Promise.all(
      all.map(({ runId }, index) => Array.fromAsync(bursts.followers(runId, joined[index] as Burst))),
    );
    expect(followers.map(({ length }) => length)).toEqual(all.map((_one, index) => 63 - index));
  });

  test("joining twice, as after a lost answer, is joining once", async () => {
    const bursts = await open();
    const [first, then] = [delivery(0, { maxSeconds: 15 }), delivery(8, { maxSeconds: 15 })];
    const joined = await joinAll(bursts, [first, then]);
    expect(await bursts.join(first)).toEqual(joined.get(first.runId));
    expect(await followersOf(bursts, first, joined)).toEqual([then.runId]);
  });

  test("a key that never falls silent has a run each longest time, and a burst begins anew after it", async () => {
    const bursts = await open();
    const each = Array.from({ length: 30 }, (_, n) => delivery(n * 5, { maxSeconds: 60 }));
    const joined = await joinAll(bursts, each);
    const running: number[] = [];
    for (const one of each)
      if ((await followersOf(bursts, one, joined)).length === 0)
        running.push(secondsOf(joined.get(one.runId) as Burst));
    expect(running).toEqual([60, 120, 155]);
  });

  test("whatever comes when, in any order: of each burst the last one runs, within its longest time, and no other", async () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(gaps, fc.option(fc.integer({ min: 4, max: 12 })), async (list, longest) => {
        const bursts = await open();
        const more = { seconds: 4, ...(longest !== null && { maxSeconds: longest }) };
        let at = 0;
        const all = list.map((gap) => {
          at += gap;
          return delivery(at, more);
        });
        const joined = await joinAll(bursts, all);
        for (const [index, one] of all.entries()) {
          const next = all[index + 1];
          const burst = joined.get(one.runId) as Burst;
          const followers = await followersOf(bursts, one, joined);
          const nextAt = next && Number.parseInt(next.runId.replace("-", "").slice(0, 12), 16);
          expect(followers.length > 0).toBe(nextAt !== undefined && nextAt < burst.until);
          expect(secondsOf(burst)).toBeLessThanOrEqual(at + 4);
        }
      }),
      { numRuns: 20 },
    );
  });

  test("keys, and workflows, have bursts of their own, whatever is in a key", async () => {
    const bursts = await open();
    const long = "ü#".repeat(5_000);
    const first = delivery(0, { key: long });
    const others = [
      delivery(1, { key: "" }),
      delivery(2, { key: `${long}.` }),
      delivery(3, { key: long, workflow: "other" }),
    ];
    const joined = await joinAll(bursts, [first, ...others]);
    expect(await followersOf(bursts, first, joined)).toEqual([]);
  });
}
