import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import type { Turn, TurnRequest, Turns } from "../../lib/core/ports/turns.ts";
import { NOON } from "../support/sample-run.ts";

const DAY = 86_400_000;

/** What every adapter of {@link Turns} promises. */
export function turnsContract(open: () => Promise<Turns>): void {
  // Three at once, then one every 20 seconds.
  const request = (now: number, more: Partial<TurnRequest> = {}): TurnRequest => ({
    workflow: "flow",
    key: "a",
    count: 3,
    perSeconds: 60,
    now,
    longestWaitMs: 0,
    ...more,
  });
  const takeAll = (turns: Turns, requests: readonly TurnRequest[]) =>
    Promise.all(requests.map((one) => turns.take(one)));
  const taken = (found: readonly Turn[]) => found.filter((one) => one.taken).length;

  test("a key has its whole number at once, and the next ones evenly; who comes too early is told when", async () => {
    const turns = await open();
    for (let n = 0; n < 3; n++) expect(await turns.take(request(NOON))).toEqual({ taken: true, at: NOON });
    expect(await turns.take(request(NOON))).toEqual({ taken: false, at: NOON + 20_000 });
    expect(await turns.take(request(NOON + 19_999))).toEqual({ taken: false, at: NOON + 20_000 });
    expect(await turns.take(request(NOON + 20_000))).toEqual({ taken: true, at: NOON + 20_000 });
    expect(await turns.take(request(NOON + 20_001))).toEqual({ taken: false, at: NOON + 40_000 });
  });

  test("what was refused costs no turn", async () => {
    const turns = await open();
    await takeAll(turns, Array(50).fill(request(NOON)));
    expect(await turns.take(request(NOON + 20_000))).toMatchObject({ taken: true });
  });

  test("a key that has rested has its whole number again, and never more", async () => {
    const turns = await open();
    await takeAll(turns, Array(3).fill(request(NOON)));
    expect(taken(await takeAll(turns, Array(9).fill(request(NOON + DAY))))).toBe(3);
  });

  test("who waits gets the turns one after the other, as far ahead as may be waited", async () => {
    const turns = await open();
    const waits = request(NOON, { longestWaitMs: 60_000 });
    const found: Turn[] = [];
    for (let n = 0; n < 7; n++) found.push(await turns.take(waits));
    expect(found.map(({ at }) => at - NOON)).toEqual([0, 0, 0, 20_000, 40_000, 60_000, 80_000]);
    expect(found.map((one) => one.taken)).toEqual([true, true, true, true, true, true, false]);
  });

  test("of 64 at once as many are taken as the key has; of 64 that wait each has a turn of its own", async () => {
    const turns = await open();
    expect(taken(await takeAll(turns, Array(64).fill(request(NOON))))).toBe(3);
    const waiting = await takeAll(turns, Array(64).fill(request(NOON, { key: "b", longestWaitMs: DAY })));
    const times = waiting.map(({ at }) => at - NOON).sort((a, b) => a - b);
    expect(times).toEqual(Array.from({ length: 64 }, (_, n) => Math.max(0, n - 2) * 20_000));
  });

  test("keys, and workflows, have turns of their own, whatever is in a key", async () => {
    const turns = await open();
    const long = "ü#".repeat(5_000);
    await takeAll(turns, Array(9).fill(request(NOON, { key: long })));
    for (const other of [{ key: "" }, { key: `${long}.` }, { key: long, workflow: "other" }])
      expect(await turns.take(request(NOON, other))).toMatchObject({ taken: true });
  });

  test("no span of time sees more turns than the number at once and those that came due in it", async () => {
    const rates = fc.record({
      count: fc.integer({ min: 1, max: 7 }),
      perSeconds: fc.integer({ min: 1, max: 9 }),
    });
    const steps = fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 40 });
    const turns = await open();
    let tried = 0;
    await fc.assert(
      fc.asyncProperty(rates, steps, async (rate, pauses) => {
        tried += 1;
        const at: number[] = [];
        let now = NOON;
        for (const pause of pauses) {
          now += pause;
          if ((await turns.take(request(now, { ...rate, key: String(tried) }))).taken) at.push(now);
        }
        for (const [from, start] of at.entries())
          for (const [to, end] of at.entries())
            if (to >= from)
              expect(to - from + 1).toBeLessThanOrEqual(
                rate.count + ((end - start) * rate.count) / (rate.perSeconds * 1000),
              );
      }),
      { numRuns: 50 },
    );
  });
}
