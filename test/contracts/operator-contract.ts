import { randomBytes } from "node:crypto";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { LeaseLost, type Redrive, type RunStore } from "../../lib/core/ports/run-store.ts";
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
import type { OpenRunStore } from "./run-store-contract.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;

/** What every RunStore promises to those who look after runs that have failed, or should not go on. */
export function operatorContract(name: string, open: OpenRunStore): void {
  describe(name, () => {
    let store: RunStore;
    let now = NOON;

    beforeEach(async () => {
      now = NOON;
      store = await open(() => now);
    });

    const error = { step: "1", id: "call", class: "client_error", message: "404", details: {} } as const;
    const attempt = { ...sampleEntry("1"), status: "failed", error, patch: [] } as const;

    /** A run that failed at its second step; the entry of the first is in a segment, that of the second in the last write. */
    const failed = async (finish: Parameters<typeof sampleFinish>[0] = {}) => {
      const run = sampleRun();
      await store.create(run);
      const { lease, nextSegment } = await mustClaim(store, run.runId);
      await store.append(lease, nextSegment, [sampleEntry("0")]);
      await store.finish(lease, sampleFinish({ status: "failed", error, tail: [attempt], ...finish }));
      return { ...run, lease, nextSegment: nextSegment + 1 };
    };
    const redrive = (changes: Partial<Redrive> = {}): Redrive => ({
      nth: 1,
      entries: 2,
      now: NOON + MINUTE,
      dueAt: NOON + 20 * MINUTE,
      expiresAt: 0,
      ...changes,
    });
    const paths = async (runId: string) => (await store.get(runId))?.journal.map(({ path }) => path);

    describe("redriving", () => {
      test("a failed run is queued again, with its journal and its costs and nothing of its end", async () => {
        const { runId, expiresAt } = await failed({ reason: "why", output: { n: 1 } });
        expect(await store.redrive(runId, redrive())).toEqual({ kind: "redriven" });
        const found = await store.get(runId);
        expect(found).toMatchObject({
          status: "queued",
          failures: 0,
          spentMs: 0,
          costUsd: 0.5,
          attempt: 1,
          dueAt: NOON + 20 * MINUTE,
          expiresAt,
          redrives: [{ at: NOON + MINUTE, entries: 2 }],
          journal: [sampleEntry("0"), attempt],
        });
        for (const gone of ["error", "reason", "output", "finishedAt", "notBefore"])
          expect(found).not.toHaveProperty(gone);
      });

      test("it says whether calls whose outcome nobody knows stand as failed", async () => {
        const { runId } = await failed();
        await store.redrive(runId, redrive({ keepsUnknown: true }));
        expect((await store.get(runId))?.redrives).toEqual([
          { at: NOON + MINUTE, entries: 2, keepsUnknown: true },
        ]);
      });

      test("it is due, listed with its new status, and claimed as one nobody died on", async () => {
        const { runId } = await failed();
        await store.redrive(runId, redrive());
        expect(await store.due(NOON + 20 * MINUTE, 10)).toEqual([
          { runId, dueAt: NOON + 20 * MINUTE, status: "queued" },
        ]);
        const query = { workflows: ["orders"], limit: 10, until: NOON + DAY, since: NOON - DAY };
        expect(await store.list({ ...query, status: "failed" })).toEqual([]);
        const [listed] = await store.list({ ...query, status: "queued" });
        expect(listed).toEqual({
          runId,
          workflow: "orders",
          hash: "ab12".repeat(16),
          status: "queued",
          createdAt: NOON,
          costUsd: 0.5,
        });
        expect(await mustClaim(store, runId, sampleClaim(NOON + MINUTE))).toMatchObject({
          afterDeath: false,
          diedAlone: false,
          leftBehind: [],
          run: {
            attempt: 2,
            redrives: [{ at: NOON + MINUTE, entries: 2 }],
            journal: [sampleEntry("0"), attempt],
          },
        });
      });

      test("it may fail and be redriven again and again: every round's entries stay, each once", async () => {
        const { runId } = await failed();
        for (const nth of [1, 2, 3]) {
          expect(await store.redrive(runId, redrive({ nth, now: NOON + nth * MINUTE }))).toEqual({
            kind: "redriven",
          });
          const { lease } = await mustClaim(store, runId, sampleClaim(NOON + nth * MINUTE));
          await store.finish(
            lease,
            sampleFinish({ status: "failed", error, tail: nth === 2 ? [] : [sampleEntry(`round${nth}`)] }),
          );
        }
        expect(await store.get(runId)).toMatchObject({
          status: "failed",
          error,
          redrives: [1, 2, 3].map((nth) => ({ at: NOON + nth * MINUTE, entries: 2 })),
        });
        expect(await paths(runId)).toEqual(["0", "1", "round1", "round3"]);
      });

      test("a tail that fills chunks of its own moves whole", async () => {
        const large = sampleEntry("1", randomBytes(600_000).toString("base64"));
        const { runId } = await failed({ tail: [large] });
        await store.redrive(runId, redrive());
        const { run, lease } = await mustClaim(store, runId);
        expect(run.journal).toEqual([sampleEntry("0"), large]);
        await store.finish(lease, sampleFinish({ tail: [sampleEntry("2")] }));
        expect((await store.get(runId))?.journal).toEqual([sampleEntry("0"), large, sampleEntry("2")]);
      });

      test("asked twice for the same redrive, also when the run has gone on or ended, it is made once", async () => {
        const { runId } = await failed();
        const again = () => store.redrive(runId, redrive({ now: NOON + 2 * MINUTE }));
        const both = await Promise.all([store.redrive(runId, redrive()), again()]);
        expect(both).toEqual([{ kind: "redriven" }, { kind: "redriven" }]);
        const { lease } = await mustClaim(store, runId);
        expect(await again()).toEqual({ kind: "redriven" });
        await store.finish(lease, sampleFinish({ status: "failed", error }));
        expect(await again()).toEqual({ kind: "redriven" });
        expect(await store.get(runId)).toMatchObject({ status: "failed", epoch: 2 });
        expect((await store.get(runId))?.redrives).toHaveLength(1);
      });

      test("only a failed run is redriven", async () => {
        const { runId } = sampleRun();
        expect(await store.redrive(runId, redrive())).toEqual({ kind: "missing" });
        await store.create(sampleRun({ runId }));
        expect(await store.redrive(runId, redrive())).toEqual({ kind: "not_failed", status: "queued" });
        const { lease } = await mustClaim(store, runId);
        expect(await store.redrive(runId, redrive())).toEqual({ kind: "not_failed", status: "running" });
        await store.release(lease, sampleRelease({ status: "waiting", error, failures: 1 }));
        expect(await store.redrive(runId, redrive())).toEqual({ kind: "not_failed", status: "waiting" });
        for (const status of ["succeeded", "dropped", "cancelled"] as const) {
          const other = await failed({ status });
          expect(await store.redrive(other.runId, redrive())).toEqual({ kind: "not_failed", status });
          expect(await store.get(other.runId)).toMatchObject({ status, journal: [{}, {}] });
        }
      });

      test("a run whose history was blanked is refused and stays as it is", async () => {
        const { event } = sampleRun();
        const { runId } = await failed({ history: { event, journal: [sampleEntry("0", "***")] } });
        const before = await store.get(runId);
        expect(before).toMatchObject({ status: "failed", blanked: true });
        expect(await store.redrive(runId, redrive())).toEqual({ kind: "blanked" });
        expect(await store.get(runId)).toEqual(before);
      });

      test("a number that is not the next one is refused", async () => {
        const { runId } = await failed();
        await expect(store.redrive(runId, redrive({ nth: 3 }))).rejects.toMatchObject({ class: "internal" });
        expect(await store.status(runId)).toBe("failed");
      });

      test("the history is kept as long as asked, and never shorter than before", async () => {
        const { runId, expiresAt } = await failed();
        await store.redrive(runId, redrive({ expiresAt: expiresAt + 500 }));
        now = (expiresAt + 400) * 1000;
        expect(await store.get(runId)).toMatchObject({
          expiresAt: expiresAt + 500,
          journal: [sampleEntry("0"), attempt],
        });
        const other = await failed();
        await store.redrive(other.runId, redrive({ expiresAt: expiresAt - 500 }));
        now = (expiresAt - 400) * 1000;
        expect(await store.get(other.runId)).toMatchObject({ expiresAt });
        now = (expiresAt + 500) * 1000;
        expect(await store.redrive(runId, redrive({ nth: 2, now }))).toEqual({ kind: "missing" });
      });

      test("a runner of before can write nothing more", async () => {
        const { runId } = sampleRun();
        await store.create(sampleRun({ runId }));
        const stalled = await mustClaim(store, runId);
        const second = await mustClaim(store, runId, sampleClaim(NOON + MINUTE));
        await store.finish(second.lease, sampleFinish({ status: "failed", error, tail: [sampleEntry("0")] }));
        await store.redrive(runId, redrive());
        const late = store.append(stalled.lease, stalled.nextSegment, [sampleEntry("late")]);
        await expect(late).rejects.toThrow(LeaseLost);
        await expect(store.finish(stalled.lease, sampleFinish())).rejects.toThrow(LeaseLost);
        for (const { lease } of [stalled, second]) {
          await expect(store.release(lease, sampleRelease())).rejects.toThrow(LeaseLost);
        }
        expect(await store.get(runId)).toMatchObject({ status: "queued", journal: [{ path: "0" }] });
      });

      test("what has ended again is blanked whole", async () => {
        const { runId, event } = await failed();
        await store.redrive(runId, redrive());
        const { lease } = await mustClaim(store, runId);
        await store.finish(lease, sampleFinish({ history: { event, journal: [sampleEntry("0", "***")] } }));
        expect((await store.get(runId))?.journal).toEqual([sampleEntry("0", "***")]);
      });
    });

    describe("evicting", () => {
      const evicting = (at = NOON) => sampleClaim(at, { evicts: true });

      test("takes a run from whoever holds it, who can write nothing more", async () => {
        const { runId } = sampleRun();
        await store.create(sampleRun({ runId }));
        const holder = await mustClaim(store, runId);
        await store.append(holder.lease, 1, [sampleEntry("0")]);
        const taken = await mustClaim(store, runId, evicting());
        expect(taken).toMatchObject({ run: { epoch: 2, journal: [{ path: "0" }] } });
        await expect(store.append(holder.lease, 2, [sampleEntry("1")])).rejects.toThrow(LeaseLost);
        await expect(store.release(holder.lease, sampleRelease())).rejects.toThrow(LeaseLost);
        await expect(store.finish(holder.lease, sampleFinish())).rejects.toThrow(LeaseLost);
        await store.finish(taken.lease, sampleFinish({ status: "cancelled" }));
        await expect(store.finish(holder.lease, sampleFinish())).rejects.toThrow(LeaseLost);
        expect(await store.get(runId)).toMatchObject({ status: "cancelled", journal: [{ path: "0" }] });
      });

      test("begins no attempt: how often, since when and in which status the run was under way stays", async () => {
        const { runId } = sampleRun();
        await store.create(sampleRun({ runId }));
        const { lease } = await mustClaim(store, runId, evicting());
        expect(await store.get(runId)).toMatchObject({ status: "queued", attempt: 0 });
        expect(await store.get(runId)).not.toHaveProperty("startedAt");
        await store.release(lease, sampleRelease({ status: "waiting", notBefore: NOON + DAY }));
        const second = await mustClaim(store, runId, evicting());
        expect(second.run).toMatchObject({ status: "waiting", attempt: 0, epoch: 2 });
      });

      test("is recognised when it is repeated, and gives way to a later one", async () => {
        const { runId } = sampleRun();
        await store.create(sampleRun({ runId }));
        const claim = evicting();
        const first = await mustClaim(store, runId, claim);
        expect((await mustClaim(store, runId, claim)).lease.epoch).toBe(first.lease.epoch);
        const second = await mustClaim(store, runId, evicting());
        await expect(store.finish(first.lease, sampleFinish())).rejects.toThrow(LeaseLost);
        await store.finish(second.lease, sampleFinish({ status: "cancelled" }));
        expect(await store.status(runId)).toBe("cancelled");
      });

      test("changes nothing of a final run or of one that is not there", async () => {
        const { runId } = await failed();
        const before = await store.get(runId);
        expect(await store.claim(runId, evicting())).toEqual({ kind: "final", status: "failed" });
        expect(await store.get(runId)).toEqual(before);
        expect(await store.claim(runIdAt(NOON), evicting())).toEqual({ kind: "missing" });
      });

      test("a run that ingest takes back is gone before it, and stays after it", async () => {
        const { runId } = sampleRun();
        await store.create(sampleRun({ runId }));
        await mustClaim(store, runId, evicting());
        expect(await store.discard(runId)).toBe(false);
      });
    });

    describe("replays", () => {
      test("a replay keeps the link to its original, and whether the event was changed", async () => {
        for (const link of [{ runId: runIdAt(NOON) }, { runId: runIdAt(NOON), edited: true }] as const) {
          const { runId } = sampleRun();
          await store.create(sampleRun({ runId, replayOf: link }));
          expect((await mustClaim(store, runId)).run.replayOf).toEqual(link);
          expect((await store.get(runId))?.replayOf).toEqual(link);
        }
      });

      test("names stand on the original in their order, in whatever status it is", async () => {
        const { runId } = sampleRun();
        await store.create(sampleRun({ runId }));
        const name = (nth: number) => ({ nth, replayId: `replay-${nth}`, now: NOON });
        expect(await store.nameReplay(runId, name(1))).toBe("replay-1");
        const { lease } = await mustClaim(store, runId);
        expect(await store.nameReplay(runId, name(2))).toBe("replay-2");
        await store.finish(lease, sampleFinish());
        expect(await store.nameReplay(runId, name(3))).toBe("replay-3");
        expect(await store.get(runId)).toMatchObject({
          status: "succeeded",
          replays: ["replay-1", "replay-2", "replay-3"],
        });
      });

      test("a place is taken once: whoever comes later, or repeats, is told who has it", async () => {
        const { runId } = await failed();
        const names = ["a", "b", "c"].map((replayId) => ({ nth: 1, replayId, now: NOON }));
        const places = await Promise.all(names.map((name) => store.nameReplay(runId, name)));
        expect(new Set(places).size).toBe(1);
        expect((await store.get(runId))?.replays).toEqual([places[0]]);
        expect(await store.nameReplay(runId, { nth: 1, replayId: "late", now: NOON })).toBe(places[0]);
      });

      test("a run that is not there, or no longer kept, has none", async () => {
        const name = { nth: 1, replayId: "replay", now: NOON };
        expect(await store.nameReplay(runIdAt(NOON), name)).toBeUndefined();
        const { runId, expiresAt } = await failed();
        expect(await store.nameReplay(runId, { ...name, now: expiresAt * 1000 })).toBeUndefined();
      });
    });
  });
}
