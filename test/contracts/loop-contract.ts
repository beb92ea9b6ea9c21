import { randomBytes } from "node:crypto";
import { beforeEach, describe, expect, test } from "@jest/globals";
import type { Json } from "../../lib/core/json.ts";
import type { EndedChunk, LoopKey } from "../../lib/core/ports/loop-store.ts";
import type { RunStore } from "../../lib/core/ports/run-store.ts";
import { mustClaim, NOON, runIdAt, sampleFinish, sampleRelease, sampleRun } from "../support/sample-run.ts";
import type { OpenRunStore } from "./run-store-contract.ts";

const DAY = 86_400_000;
const EXPIRES = NOON / 1000 + 30 * 86_400;

/** What every store keeps of loops whose items run in chunks. */
export function loopContract(name: string, open: OpenRunStore): void {
  describe(name, () => {
    let store: RunStore;
    let loop: LoopKey;

    beforeEach(async () => {
      store = await open(() => NOON);
      const run = sampleRun();
      await store.create(run);
      loop = { runId: run.runId, path: "4" };
    });

    const end = (number: number, of: number, more: Partial<EndedChunk> = {}) =>
      store.loops.end(loop, { number, of, expiresAt: EXPIRES, ...more });
    const keep = (chunk: number, value: Json, epoch = 1) =>
      store.loops.keepResult(loop, chunk, { value, epoch, expiresAt: EXPIRES });
    const sorted = (numbers: ReadonlySet<number>) => [...numbers].sort((a, b) => a - b);

    describe("the state of a loop", () => {
      test("comes back as it was kept first", async () => {
        expect(await store.loops.state(loop)).toBeUndefined();
        await store.loops.keepState(loop, { n: 1 }, EXPIRES);
        await store.loops.keepState(loop, { n: 2 }, EXPIRES);
        expect(await store.loops.state(loop)).toEqual({ n: 1 });
        expect(await store.loops.state({ ...loop, path: "4.items.1" })).toBeUndefined();
      });

      test("may have megabytes", async () => {
        const state = { text: randomBytes(1_500_000).toString("hex") };
        await store.loops.keepState(loop, state, EXPIRES);
        expect(await store.loops.state(loop)).toEqual(state);
      });
    });

    describe("results of chunks", () => {
      test("are found by number, those of other loops apart", async () => {
        await keep(0, ["a"]);
        await keep(11, { b: randomBytes(400_000).toString("hex") });
        await keep(2, null);
        const other = { ...loop, path: "4.items.3.0" };
        await store.loops.keepResult(other, 1, { value: "theirs", epoch: 1, expiresAt: EXPIRES });
        const found = await store.loops.results(loop);
        expect([...found.keys()].sort((a, b) => a - b)).toEqual([0, 2, 11]);
        expect(found.get(0)).toEqual(["a"]);
        expect(found.get(2)).toBeNull();
        expect([...(await store.loops.results(other)).values()]).toEqual(["theirs"]);
      });

      test("give way to those of the same lease and of later ones, never to an earlier one's", async () => {
        await keep(0, "second", 2);
        await keep(0, "of a runner that stalled", 1);
        expect((await store.loops.results(loop)).get(0)).toBe("second");
        await keep(0, "second again", 2);
        await keep(0, "third", 3);
        expect((await store.loops.results(loop)).get(0)).toBe("third");
      });

      test("can be forgotten, also twice", async () => {
        await keep(0, "a");
        await store.loops.removeResult(loop, 0);
        await store.loops.removeResult(loop, 0);
        expect((await store.loops.results(loop)).size).toBe(0);
      });
    });

    describe("the end of chunks", () => {
      test.each([1, 3, 64, 65, 200])(
        "of %i: the last one completes them, whoever repeats it too",
        async (of) => {
          const order = Array.from({ length: of }, (_none, at) => (at * 7) % of);
          const numbers = new Set(order).size === of ? order : [...order.keys()];
          for (const number of numbers.slice(0, -1)) {
            expect(await end(number, of)).toBe(false);
            if (number < 3) expect(await end(number, of)).toBe(false);
          }
          const last = numbers.at(-1) ?? 0;
          expect(await end(last, of)).toBe(true);
          expect(await end(last, of)).toBe(true);
          expect((await store.loops.progress(loop)).ended.size).toBe(of);
        },
      );

      test("at once: exactly one completes them, or several do", async () => {
        const of = 130;
        const ends = await Promise.all(Array.from({ length: of }, (_none, number) => end(number, of)));
        expect(ends.filter((complete) => complete).length).toBeGreaterThanOrEqual(1);
      });

      test("tells which of them failed, and which end the run", async () => {
        await end(0, 70, { failed: true });
        await end(69, 70, { failed: true, endsRun: true });
        await end(5, 70);
        const { ended, failed, endsRun } = await store.loops.progress(loop);
        expect([sorted(ended), sorted(failed), sorted(endsRun)]).toEqual([[0, 5, 69], [0, 69], [69]]);
      });

      test("is taken back for one that runs again, and completes them anew", async () => {
        for (let number = 0; number < 66; number += 1)
          await end(number, 66, { failed: number === 65, endsRun: number === 65 });
        await store.loops.reopen(loop, 65);
        await store.loops.reopen(loop, 65);
        const { ended, failed, endsRun } = await store.loops.progress(loop);
        expect([ended.size, failed.size, endsRun.size]).toEqual([65, 0, 0]);
        await store.loops.reopen(loop, 3);
        expect(await end(65, 66)).toBe(false);
        expect(await end(3, 66)).toBe(true);
      });
    });

    test("what is kept goes when the history is blanked, and stays at any other end", async () => {
      const { lease } = await mustClaim(store, loop.runId);
      await store.loops.keepState(loop, { secret: 1 }, EXPIRES);
      await keep(0, { secret: 2 });
      await store.release(lease, sampleRelease({ dueAt: NOON }));
      const second = await mustClaim(store, loop.runId);
      expect(await store.loops.state(loop)).toBeDefined();
      await store.finish(second.lease, sampleFinish({ history: { journal: [] } }));
      expect(await store.loops.state(loop)).toBeUndefined();
      expect((await store.loops.results(loop)).size).toBe(0);
    });

    test("the journal of the run beside it is not touched", async () => {
      await store.loops.keepState(loop, {}, EXPIRES);
      await keep(0, "a");
      await end(0, 1);
      const { run, nextSegment } = await mustClaim(store, loop.runId);
      expect([run.journal, nextSegment]).toEqual([[], 1]);
      expect((await store.get(loop.runId))?.journal).toEqual([]);
    });

    test("a chunk says of which loop it is a part, is found by its id and by who looks after it, and is in no list", async () => {
      const parent = { runId: loop.runId, path: "4", awaits: true, depth: 1 };
      const chunk = { number: 7, of: 9, from: 350, step: "each" };
      const { runId } = sampleRun();
      await store.create(sampleRun({ runId, parent, chunk, dueAt: NOON }));
      const { run, lease } = await mustClaim(store, runId);
      expect(run).toMatchObject({ parent, chunk });
      expect((await store.due(NOON, 10)).map((due) => due.runId)).toEqual([runId]);
      const query = { workflows: ["orders"], limit: 10, until: NOON + DAY, since: NOON - DAY };
      expect((await store.list(query)).map((listed) => listed.runId)).toEqual([loop.runId]);
      await store.finish(lease, sampleFinish({ status: "failed" }));
      expect((await store.list(query)).map((listed) => listed.runId)).toEqual([loop.runId]);
      const redrive = { nth: 1, entries: 0, now: NOON, dueAt: NOON + DAY, expiresAt: EXPIRES };
      expect(await store.redrive(runId, redrive)).toEqual({ kind: "redriven" });
      expect(await store.get(runId)).toMatchObject({ status: "queued", parent, chunk });
    });

    test("of a run that was never stored nothing is known", async () => {
      const none = { runId: runIdAt(NOON), path: "0" };
      expect(await store.loops.state(none)).toBeUndefined();
      expect((await store.loops.results(none)).size).toBe(0);
      expect((await store.loops.progress(none)).ended.size).toBe(0);
    });
  });
}
