import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { type Json, parseJson } from "../../lib/core/json.ts";
import type { Cache, CacheClaim, CachedResult } from "../../lib/core/ports/cache.ts";
import { anyJson, anyText } from "../support/any-json.ts";
import { NOON } from "../support/sample-run.ts";

const MINUTE = 60_000;
const TTL_SECONDS = 600;

/** Asks `after` milliseconds behind noon, for a lease of a minute and a result not older than ten. */
function claimOf(owner: string, after = 0, more: Partial<CacheClaim> = {}): CacheClaim {
  const now = NOON + after;
  return { owner, now, leaseUntil: now + MINUTE, staleAt: now - TTL_SECONDS * 1000, ...more };
}

/** What every cache owes. */
export function cacheContract(name: string, open: () => Promise<Cache>): void {
  const keep = async (cache: Cache, owner: string, result: CachedResult, after = 0) => {
    await cache.claim("k", claimOf(owner, after));
    await cache.store("k", { owner, result, storedAt: NOON + after, ttlSeconds: TTL_SECONDS });
  };

  describe(name, () => {
    test("who finds nothing gets the lease, and others see until when it is held", async () => {
      const cache = await open();
      expect(await cache.claim("k", claimOf("a"))).toEqual({ kind: "claimed" });
      expect(await cache.claim("k", claimOf("b", 10))).toEqual({ kind: "held", until: NOON + MINUTE });
      expect(await cache.claim("other", claimOf("b", 10))).toEqual({ kind: "claimed" });
    });

    test("of many who ask at once one gets the lease", async () => {
      const cache = await open();
      const owners = Array.from({ length: 40 }, (_, index) => `run-${index}`);
      const answers = await Promise.all(owners.map((owner) => cache.claim("k", claimOf(owner))));
      expect(answers.filter(({ kind }) => kind === "claimed")).toHaveLength(1);
      expect(answers.filter(({ kind }) => kind === "held")).toHaveLength(39);
    });

    test("whoever holds the lease gets it again, with its new end", async () => {
      const cache = await open();
      await cache.claim("k", claimOf("a"));
      expect(await cache.claim("k", claimOf("a", 1_000))).toEqual({ kind: "claimed" });
      expect(await cache.claim("k", claimOf("b", 2_000))).toEqual({
        kind: "held",
        until: NOON + 1_000 + MINUTE,
      });
    });

    test("any result comes back as it went in, digit by digit", async () => {
      const cache = await open();
      let key = 0;
      await fc.assert(
        fc.asyncProperty(anyJson, anyText, async (output, note) => {
          key += 1;
          await cache.claim(`k${key}`, claimOf("a"));
          const result = { output, also: { "a.b_meta": output }, note };
          await cache.store(`k${key}`, { owner: "a", result, storedAt: NOON, ttlSeconds: TTL_SECONDS });
          const found = await cache.claim(`k${key}`, claimOf("b"));
          expect(JSON.stringify("result" in found && found.result)).toBe(JSON.stringify(result));
        }),
        { numRuns: 60 },
      );
    });

    test("a result is what was stored, digit by digit, with everything beside it", async () => {
      const cache = await open();
      const result: CachedResult = {
        output: parseJson(
          '{"id": 12345678901234567890, "text": "ü\\u0000\\ud800", "__proto__": [null, true]}',
        ),
        also: { "a.b_meta": { status: 200 } },
        usage: {
          model: "m",
          input_tokens: 1,
          cached_tokens: 0,
          output_tokens: 2,
          reasoning_tokens: 0,
          cost_usd: null,
        },
        note: "as it was",
      };
      await keep(cache, "a", result);
      const answer = await cache.claim("k", claimOf("b", 1_000));
      expect(answer).toMatchObject({ kind: "hit", owner: "a" });
      expect(answer.kind === "hit" && JSON.stringify(answer.result)).toBe(JSON.stringify(result));
    });

    test("a result without output stays one", async () => {
      const cache = await open();
      await keep(cache, "a", { note: "nothing to write" });
      expect(await cache.claim("k", claimOf("b"))).toEqual({
        kind: "hit",
        result: { note: "nothing to write" },
        owner: "a",
      });
    });

    test("a result of several megabytes comes back whole", async () => {
      const cache = await open();
      const output: Json = Array.from({ length: 60_000 }, (_, index) => `${index * 7919} ${Math.sin(index)}`);
      await keep(cache, "a", { output });
      expect(await cache.claim("k", claimOf("b"))).toMatchObject({ kind: "hit", result: { output } });
    });

    test("the asker says how old a result may be, and the one who stored it how long it is good", async () => {
      const cache = await open();
      await keep(cache, "a", { output: 1 });
      const age = 60 * 1000;
      expect(await cache.claim("k", claimOf("b", age, { staleAt: NOON - 1 }))).toMatchObject({ kind: "hit" });
      expect(await cache.claim("k", claimOf("b", age, { staleAt: NOON }))).toEqual({ kind: "claimed" });
      await keep(cache, "c", { output: 2 }, 2 * MINUTE);
      const after = 2 * MINUTE + TTL_SECONDS * 1000;
      expect(await cache.claim("k", claimOf("d", after - 1, { staleAt: 0 }))).toMatchObject({ kind: "hit" });
      expect(await cache.claim("k", claimOf("d", after, { staleAt: 0 }))).toEqual({ kind: "claimed" });
    });

    test("a lease that was released is free at once", async () => {
      const cache = await open();
      await cache.claim("k", claimOf("a"));
      await cache.release("k", "a");
      expect(await cache.claim("k", claimOf("b"))).toEqual({ kind: "claimed" });
    });

    test("a lease that ran out is taken over by exactly one", async () => {
      const cache = await open();
      await cache.claim("k", claimOf("dead"));
      const answers = await Promise.all(
        ["a", "b", "c"].map((owner) => cache.claim("k", claimOf(owner, MINUTE))),
      );
      expect(answers.map(({ kind }) => kind).sort()).toEqual(["claimed", "held", "held"]);
    });

    test("of an owner whose lease was taken over nothing is kept, and its release ends nobody else's", async () => {
      const cache = await open();
      await cache.claim("k", claimOf("stalled"));
      await cache.claim("k", claimOf("b", MINUTE));
      const late = { owner: "stalled", storedAt: NOON + MINUTE, ttlSeconds: TTL_SECONDS };
      await cache.store("k", { ...late, result: { output: "late" } });
      await cache.release("k", "stalled");
      expect(await cache.claim("k", claimOf("c", MINUTE))).toMatchObject({ kind: "held" });
      await cache.store("k", { ...late, owner: "b", result: { output: "newer" } });
      await cache.store("k", { ...late, result: { output: "later still" } });
      await cache.release("k", "b");
      expect(await cache.claim("k", claimOf("c", MINUTE))).toMatchObject({
        kind: "hit",
        result: { output: "newer" },
      });
    });

    test("a stalled owner's result is kept as long as nobody took its lease over", async () => {
      const cache = await open();
      await cache.claim("k", claimOf("a"));
      const storedAt = NOON + 5 * MINUTE;
      await cache.store("k", { owner: "a", result: { output: 1 }, storedAt, ttlSeconds: TTL_SECONDS });
      expect(await cache.claim("k", claimOf("b", 6 * MINUTE))).toMatchObject({ kind: "hit" });
    });

    test("nothing is kept under a key that nobody claimed", async () => {
      const cache = await open();
      await cache.store("k", { owner: "a", result: { output: 1 }, storedAt: NOON, ttlSeconds: TTL_SECONDS });
      await cache.release("k", "a");
      expect(await cache.claim("k", claimOf("b"))).toEqual({ kind: "claimed" });
    });
  });
}
