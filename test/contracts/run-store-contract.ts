import { randomBytes } from "node:crypto";
import { beforeEach, describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { readEvent } from "../../lib/core/event-body.ts";
import { formatJson, type Json, parseJson } from "../../lib/core/json.ts";
import { LeaseLost, type RunStore } from "../../lib/core/ports/run-store.ts";
import type { Workflow } from "../../lib/core/workflow.ts";
import { anyJson, anyText } from "../support/any-json.ts";
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

const utf8 = (text: string) => new TextEncoder().encode(text);
const MINUTE = 60_000;
const DAY = 86_400_000;

/** A store under test, empty, and the clock it reads. */
export type OpenRunStore = (now: () => number) => Promise<RunStore>;

/** What every RunStore promises. */
export function runStoreContract(name: string, open: OpenRunStore): void {
  describe(name, () => {
    let store: RunStore;
    let now = NOON;

    beforeEach(async () => {
      now = NOON;
      store = await open(() => now);
    });

    const inCompany = (at = NOON) => sampleClaim(at, { inCompany: true });
    const created = async (changes: Parameters<typeof sampleRun>[0] = {}) => {
      const run = sampleRun(changes);
      await store.create(run);
      return run;
    };

    test("any value comes out of journal, output and reason as it went in, digit by digit", async () => {
      await fc.assert(
        fc.asyncProperty(anyJson, anyText, async (value, reason) => {
          const run = await created();
          const { lease, nextSegment } = await mustClaim(store, run.runId);
          const fields = { value };
          const entry = {
            ...sampleEntry("0", value),
            logs: [{ level: "info" as const, message: reason, fields }],
          };
          await store.append(lease, nextSegment, [entry]);
          await store.finish(lease, sampleFinish({ output: value, reason, tail: [sampleEntry("1", value)] }));
          const found = await store.get(run.runId);
          expect(formatJson((found?.output ?? null) as Json)).toBe(formatJson(value));
          expect(found?.reason).toBe(reason);
          expect(JSON.stringify(found?.journal)).toBe(JSON.stringify([entry, sampleEntry("1", value)]));
        }),
        { numRuns: 60 },
      );
    });

    describe("storing a run", () => {
      test("a stored run is queued and keeps its event byte for byte", async () => {
        const body = Uint8Array.from({ length: 256 }, (_none, byte) => byte);
        const run = sampleRun();
        const event = { ...run.event, body };
        await store.create({ ...run, event });
        const found = await store.get(run.runId);
        expect(found).toEqual({
          ...run,
          event: { ...event, body: expect.anything() },
          status: "queued",
          attempt: 0,
          epoch: 0,
          failures: 0,
          spentMs: 0,
          costUsd: 0,
          journal: [],
        });
        expect(Buffer.from(found?.event.body ?? []).equals(Buffer.from(body))).toBe(true);
      });

      test("storing it again changes nothing", async () => {
        const run = await created();
        await mustClaim(store, run.runId);
        await store.create(run);
        expect(await store.get(run.runId)).toMatchObject({ status: "running", epoch: 1 });
      });

      test("an id that another run has is refused", async () => {
        const run = await created();
        await expect(store.create({ ...run, workflow: "other" })).rejects.toMatchObject({
          class: "internal",
        });
      });

      test("a run that another one started keeps the link to it, from the first claim to the end", async () => {
        const parent = { runId: runIdAt(NOON), path: "3.items.7.0", awaits: true, depth: 2 };
        const { runId } = await created({ parent });
        const { lease, run } = await mustClaim(store, runId);
        expect(run.parent).toEqual(parent);
        await store.finish(lease, sampleFinish());
        expect((await store.get(runId))?.parent).toEqual(parent);
      });

      test("a run that was never stored is missing", async () => {
        const runId = runIdAt(NOON);
        expect(await store.get(runId)).toBeUndefined();
        expect(await store.claim(runId, sampleClaim())).toEqual({ kind: "missing" });
      });

      test("an event comes back whole, whatever its size, and a claim has read it", async () => {
        for (const bytes of [
          randomBytes(3_000_000),
          new Uint8Array(),
          utf8(`[12345678901234567890, {"__proto__": "${"é".repeat(6_000_000)}"}]`),
          utf8(JSON.stringify(Array.from({ length: 1_200 }, () => randomBytes(6_000).toString("base64")))),
        ]) {
          const run = sampleRun();
          await store.create({ ...run, event: { ...run.event, body: bytes } });
          const { run: claimed } = await mustClaim(store, run.runId);
          const { body } = (await store.get(run.runId))?.event ?? {};
          expect(body && Buffer.compare(body, bytes)).toBe(0);
          expect(claimed.event).toEqual(readEvent({ ...run.event, body: bytes }));
        }
      });

      test("an expired run is missing everywhere", async () => {
        const run = await created({ dueAt: NOON });
        now = run.expiresAt * 1000;
        expect(await store.get(run.runId)).toBeUndefined();
        expect(await store.claim(run.runId, sampleClaim(now))).toEqual({ kind: "missing" });
        expect(await store.due(now, 10)).toEqual([]);
        const query = { workflows: ["orders"], limit: 10, until: NOON + DAY, since: NOON - DAY };
        expect(await store.list(query)).toEqual([]);
      });
    });

    describe("taking a run back", () => {
      test("a run that nobody has claimed disappears, also when asked twice", async () => {
        const run = await created();
        expect(await store.discard(run.runId)).toBe(true);
        expect(await store.discard(run.runId)).toBe(true);
        expect(await store.get(run.runId)).toBeUndefined();
        expect(await store.due(Number.POSITIVE_INFINITY, 10)).toEqual([]);
      });

      test("a claimed run stays, and the caller is told", async () => {
        const run = await created();
        await mustClaim(store, run.runId);
        expect(await store.discard(run.runId)).toBe(false);
        expect(await store.get(run.runId)).toMatchObject({ status: "running" });
      });
    });

    describe("claiming", () => {
      test("the first claim gets the whole run and an empty journal", async () => {
        const run = await created();
        const claim = sampleClaim();
        const claimed = await mustClaim(store, run.runId, claim);
        expect(claimed).toMatchObject({
          nextSegment: 1,
          afterDeath: false,
          diedAlone: false,
          lease: { runId: run.runId, owner: claim.owner, epoch: 1 },
          run: { ...run, event: {}, status: "running", attempt: 1, epoch: 1, startedAt: NOON, journal: [] },
        });
        expect(claimed.lease.run).toEqual(claimed.run);
      });

      test("of many claimants at once exactly one gets the run", async () => {
        const run = await created();
        const results = await Promise.all(
          Array.from({ length: 8 }, () => store.claim(run.runId, sampleClaim())),
        );
        const others = results.filter(({ kind }) => kind !== "claimed");
        expect(others).toHaveLength(7);
        for (const other of others) expect(other).toEqual({ kind: "held", until: NOON + MINUTE });
      });

      test("a claim whose answer got lost is recognised when it is repeated", async () => {
        const run = await created();
        const claim = sampleClaim();
        await mustClaim(store, run.runId, claim);
        const again = await mustClaim(store, run.runId, claim);
        expect(again).toMatchObject({ nextSegment: 1, lease: { epoch: 1 }, run: { attempt: 1 } });
      });

      test("a lease holds until its last millisecond", async () => {
        const run = await created();
        const { leaseUntil } = sampleClaim();
        await mustClaim(store, run.runId, sampleClaim());
        expect(await store.claim(run.runId, sampleClaim(leaseUntil - 1))).toMatchObject({ kind: "held" });
        expect(await store.claim(run.runId, sampleClaim(leaseUntil))).toMatchObject({ kind: "claimed" });
      });

      test("a lease that ran out means a death, and start and journal are those of the first claim", async () => {
        const run = await created();
        const first = await mustClaim(store, run.runId);
        await store.append(first.lease, first.nextSegment, [sampleEntry("0")]);
        const second = await mustClaim(store, run.runId, sampleClaim(NOON + MINUTE));
        expect(second).toMatchObject({
          afterDeath: true,
          run: { startedAt: NOON, attempt: 2, epoch: 2, journal: [{ path: "0" }] },
        });
      });

      test("a run whose process died is left as it is by a claim in company, until it is claimed alone", async () => {
        const { runId } = await created();
        await mustClaim(store, runId, inCompany());
        expect(await store.claim(runId, inCompany(NOON + MINUTE))).toEqual({ kind: "suspect" });
        expect(await store.get(runId)).toMatchObject({ status: "running", attempt: 1, epoch: 1 });
        await mustClaim(store, runId, sampleClaim(NOON + MINUTE));
        expect(await store.claim(runId, inCompany(NOON + MINUTE))).toMatchObject({ kind: "held" });
        expect(await store.claim(runId, inCompany(NOON + 2 * MINUTE))).toEqual({ kind: "suspect" });
      });

      test("a death is the run's own only when it was claimed alone", async () => {
        const { runId } = await created();
        await mustClaim(store, runId, inCompany());
        const second = await mustClaim(store, runId, sampleClaim(NOON + MINUTE));
        expect(second).toMatchObject({ afterDeath: true, diedAlone: false });
        const third = await mustClaim(store, runId, sampleClaim(NOON + 2 * MINUTE));
        expect(third).toMatchObject({ afterDeath: true, diedAlone: true });
      });

      test("a run that took two processes down, alone in them and before they stored anything, is not loaded again", async () => {
        const parent = { runId: runIdAt(NOON), path: "1", awaits: true, depth: 0 };
        const { runId } = await created({ parent });
        const first = await mustClaim(store, runId, inCompany());
        await store.append(first.lease, 1, [sampleEntry("0")]);
        await mustClaim(store, runId, sampleClaim(NOON + MINUTE));
        const asleep = await mustClaim(store, runId, sampleClaim(NOON + 2 * MINUTE));
        const claim = sampleClaim(NOON + 3 * MINUTE);
        const found = await store.claim(runId, claim);
        const error = { class: "internal", step: null, message: expect.stringContaining("too large") };
        expect(found).toMatchObject({ kind: "damaged", run: { runId, epoch: 4, parent, error } });
        if (found.kind === "damaged") expect(await store.failDamaged(found.run, claim.now)).toBe(true);
        expect(await store.status(runId)).toBe("failed");
        const late = store.append(asleep.lease, asleep.nextSegment, [sampleEntry("1")]);
        await expect(late).rejects.toThrow(LeaseLost);
      });

      test("such a run goes on at once when it is redriven: nobody holds it any more", async () => {
        const { runId, expiresAt } = await created();
        await mustClaim(store, runId, sampleClaim(NOON));
        await mustClaim(store, runId, sampleClaim(NOON + MINUTE));
        const now = NOON + 2 * MINUTE;
        const found = await store.claim(runId, sampleClaim(now));
        if (found.kind === "damaged") await store.failDamaged(found.run, now);
        await store.redrive(runId, { nth: 1, entries: 0, now, dueAt: now + MINUTE, expiresAt });
        expect(await mustClaim(store, runId, sampleClaim(now))).toMatchObject({ afterDeath: false });
      });

      test("one that got on meanwhile is, however often its processes died", async () => {
        const { runId } = await created();
        for (let claims = 0; claims < 6; claims += 1) {
          const { lease, nextSegment, run } = await mustClaim(
            store,
            runId,
            sampleClaim(NOON + claims * MINUTE),
          );
          expect(run.journal).toHaveLength(claims);
          await store.append(lease, nextSegment, [sampleEntry(String(claims))]);
        }
      });

      test("what the process that died had stored of its attempt is told apart from what was there before", async () => {
        const { runId } = await created();
        const first = await mustClaim(store, runId, inCompany());
        expect(first.leftBehind).toEqual([]);
        await store.append(first.lease, first.nextSegment, [sampleEntry("0")]);
        const second = await mustClaim(store, runId, sampleClaim(NOON + MINUTE));
        expect(second.leftBehind).toEqual([sampleEntry("0")]);
        const third = await mustClaim(store, runId, sampleClaim(NOON + 2 * MINUTE));
        expect(third).toMatchObject({ leftBehind: [], run: { journal: [{ path: "0" }] } });
      });

      test("a released run did not die, and its deaths of before are forgotten", async () => {
        const { runId } = await created();
        await mustClaim(store, runId);
        const { lease } = await mustClaim(store, runId, sampleClaim(NOON + MINUTE));
        await store.release(lease, sampleRelease());
        expect(await mustClaim(store, runId, inCompany(NOON + MINUTE))).toMatchObject({
          afterDeath: false,
          diedAlone: false,
        });
        expect(await mustClaim(store, runId, sampleClaim(NOON + 2 * MINUTE))).toMatchObject({
          afterDeath: true,
          diedAlone: false,
        });
      });

      test("a new run that begins later is queued, not claimed before, and due as it says", async () => {
        const notBefore = NOON + MINUTE;
        const { runId } = await created({ notBefore, dueAt: notBefore });
        expect(await store.claim(runId, sampleClaim(NOON))).toEqual({ kind: "early", notBefore });
        expect(await store.get(runId)).toMatchObject({ status: "queued", notBefore });
        expect(await store.due(notBefore, 10)).toMatchObject([{ runId, notBefore }]);
        await mustClaim(store, runId, sampleClaim(notBefore));
      });

      test("a run that waits is claimed two seconds early at most", async () => {
        const { runId } = await created();
        const { lease } = await mustClaim(store, runId);
        const notBefore = NOON + MINUTE;
        await store.release(lease, sampleRelease({ status: "waiting", notBefore }));
        expect(await store.claim(runId, sampleClaim(notBefore - 2_001))).toEqual({
          kind: "early",
          notBefore,
        });
        expect(await mustClaim(store, runId, sampleClaim(notBefore - 2_000))).toMatchObject({
          afterDeath: false,
        });
      });

      test("a seized run can be claimed at once, and nobody died", async () => {
        const { runId } = await created();
        const { lease } = await mustClaim(store, runId);
        await store.append(lease, 1, [sampleEntry("0")]);
        await store.seize(runId);
        const next = await mustClaim(store, runId);
        expect(next).toMatchObject({ afterDeath: false, run: { epoch: 2, journal: [{ path: "0" }] } });
        await expect(store.append(lease, 2, [sampleEntry("1")])).rejects.toThrow(LeaseLost);
      });

      test("one whose process died is a suspect once it is seized", async () => {
        const { runId } = await created();
        await mustClaim(store, runId, inCompany());
        await store.seize(runId, true);
        expect(await store.claim(runId, inCompany())).toEqual({ kind: "suspect" });
        expect(await mustClaim(store, runId)).toMatchObject({ afterDeath: true, diedAlone: false });
        const waiting = await created();
        await store.seize(waiting.runId, true);
        expect(await mustClaim(store, waiting.runId, inCompany())).toMatchObject({ afterDeath: false });
      });

      test("seizing a final or a missing run changes nothing", async () => {
        const { runId } = await created();
        const { lease } = await mustClaim(store, runId);
        await store.finish(lease, sampleFinish());
        await store.seize(runId);
        await store.seize(runIdAt(NOON));
        expect(await store.claim(runId, sampleClaim())).toEqual({ kind: "final", status: "succeeded" });
      });
    });

    describe("the journal", () => {
      test("segments come back in order, then the tail, over releases and fences", async () => {
        const { runId } = await created();
        const first = await mustClaim(store, runId);
        await store.append(first.lease, first.nextSegment, [sampleEntry("0"), sampleEntry("1")]);
        await store.append(first.lease, first.nextSegment + 1, [sampleEntry("2")]);
        await store.release(first.lease, sampleRelease());
        const second = await mustClaim(store, runId);
        expect(second.run.journal.map(({ path }) => path)).toEqual(["0", "1", "2"]);
        await store.append(second.lease, second.nextSegment, [sampleEntry("3")]);
        await store.finish(second.lease, sampleFinish({ tail: [sampleEntry("4")] }));
        const found = await store.get(runId);
        expect(found?.journal).toEqual(["0", "1", "2", "3", "4"].map((path) => sampleEntry(path)));
      });

      test("a segment whose answer got lost is stored once when it is repeated", async () => {
        const { runId } = await created();
        const { lease, nextSegment } = await mustClaim(store, runId);
        await store.append(lease, nextSegment, [sampleEntry("0")]);
        await store.append(lease, nextSegment, [sampleEntry("0")]);
        expect((await store.get(runId))?.journal).toEqual([sampleEntry("0")]);
      });

      test("a stalled predecessor can write nothing after a takeover", async () => {
        const { runId } = await created();
        const stalled = await mustClaim(store, runId);
        await store.append(stalled.lease, 1, [sampleEntry("0")]);
        const next = await mustClaim(store, runId, sampleClaim(NOON + MINUTE));
        const { lease } = stalled;
        await expect(store.append(lease, 2, [sampleEntry("late")])).rejects.toThrow(LeaseLost);
        await expect(store.release(lease, sampleRelease())).rejects.toThrow(LeaseLost);
        await expect(store.finish(lease, sampleFinish({ status: "failed" }))).rejects.toThrow(LeaseLost);
        await store.finish(next.lease, sampleFinish());
        await expect(store.finish(lease, sampleFinish({ status: "failed" }))).rejects.toThrow(LeaseLost);
        expect(await store.get(runId)).toMatchObject({ status: "succeeded", journal: [{ path: "0" }] });
      });

      test("what a predecessor wrote just before the takeover is in the new journal", async () => {
        const { runId } = await created();
        const stalled = await mustClaim(store, runId);
        await store.append(stalled.lease, 1, [sampleEntry("0")]);
        await store.append(stalled.lease, 2, [sampleEntry("1")]);
        const next = await mustClaim(store, runId, sampleClaim(NOON + MINUTE));
        expect(next.run.journal.map(({ path }) => path)).toEqual(["0", "1"]);
      });

      test("a runner and a stalled one that write at once never both succeed on one number", async () => {
        const { runId } = await created();
        const stalled = await mustClaim(store, runId);
        const [late, next] = await Promise.allSettled([
          store.append(stalled.lease, 1, [sampleEntry("late")]),
          mustClaim(store, runId, sampleClaim(NOON + MINUTE)),
        ]);
        if (next.status === "rejected") throw next.reason;
        const seen = next.value.run.journal.map(({ path }) => path);
        expect(seen).toEqual(late.status === "fulfilled" ? ["late"] : []);
        await store.append(next.value.lease, next.value.nextSegment, [sampleEntry("next")]);
        expect((await store.get(runId))?.journal.map(({ path }) => path)).toEqual([...seen, "next"]);
      });

      test("entries of 1 MB and an output as large come back whole", async () => {
        const { runId } = await created();
        const { lease } = await mustClaim(store, runId);
        const large = randomBytes(750_000).toString("base64");
        const entries = [sampleEntry("0", large), sampleEntry("1", { deep: [large] })];
        await store.append(lease, 1, entries);
        await store.finish(lease, sampleFinish({ output: { large }, tail: entries }));
        const found = await store.get(runId);
        expect(found?.journal).toEqual([...entries, ...entries]);
        expect(found?.output).toEqual({ large });
      });

      test("a write without a value stays a deletion", async () => {
        const { runId } = await created();
        const { lease } = await mustClaim(store, runId);
        const entry = { ...sampleEntry("0"), patch: [{ path: ["gone"] }] };
        await store.append(lease, 1, [entry]);
        const [found] = (await store.get(runId))?.journal ?? [];
        expect(found?.patch[0]).not.toHaveProperty("value");
      });

      test("any JSON, exact numbers included, survives in patches and output", async () => {
        const json = fc.oneof(
          fc.jsonValue({ noUnicodeString: false }),
          fc.bigInt().map((digits) => [parseJson(String(digits))]),
          fc.constant(parseJson('{"id":12345678901234567890,"rate":0.1000000000000000055511151231257827}')),
        );
        await fc.assert(
          fc.asyncProperty(json as fc.Arbitrary<Json>, async (value) => {
            const { runId } = await created();
            const { lease } = await mustClaim(store, runId);
            await store.append(lease, 1, [sampleEntry("0", value)]);
            await store.finish(lease, sampleFinish({ output: value }));
            const found = await store.get(runId);
            expect(formatJson(found?.output ?? null)).toBe(formatJson(value));
            expect(formatJson(found?.journal[0]?.patch[0]?.value ?? null)).toBe(formatJson(value));
          }),
          { numRuns: 25 },
        );
      });
    });

    describe("ending a lease", () => {
      const error = {
        step: "2",
        id: "call",
        class: "timeout",
        message: "no answer",
        details: { ms: 3 },
      } as const;

      test("a release keeps what the attempt cost and why it failed", async () => {
        const { runId } = await created();
        const { lease } = await mustClaim(store, runId);
        const release = { status: "waiting", notBefore: NOON + 30_000, dueAt: NOON + 90_000 } as const;
        await store.release(lease, sampleRelease({ ...release, error, failures: 2 }));
        expect(await store.get(runId)).toMatchObject({
          ...release,
          error,
          failures: 2,
          spentMs: 40,
          costUsd: 0.25,
        });
      });

      test("a release without an error or a wait clears those of the one before", async () => {
        const { runId } = await created();
        const first = await mustClaim(store, runId);
        await store.release(
          first.lease,
          sampleRelease({ status: "waiting", notBefore: NOON, error, failures: 1 }),
        );
        const second = await mustClaim(store, runId);
        expect(second.run).toMatchObject({ error, failures: 1 });
        await store.release(second.lease, sampleRelease());
        const found = await store.get(runId);
        expect(found).not.toHaveProperty("error");
        expect(found).not.toHaveProperty("notBefore");
      });

      test("a release may keep the run longer than it was to be kept", async () => {
        const { runId, expiresAt } = await created();
        const first = await mustClaim(store, runId);
        await store.append(first.lease, 1, [sampleEntry("0", randomBytes(300_000).toString("hex"))]);
        const later = expiresAt + 1_000_000;
        await store.release(first.lease, sampleRelease({ status: "waiting", expiresAt: later }));
        now = (expiresAt + 500_000) * 1000;
        expect(await store.get(runId)).toMatchObject({ expiresAt: later, journal: [{ path: "0" }] });
        const second = await mustClaim(store, runId, sampleClaim(now));
        expect(second.lease.run.expiresAt).toBe(later);
        await store.release(second.lease, sampleRelease());
        expect(await store.get(runId)).toMatchObject({ expiresAt: later });
      });

      test("a finish writes everything a reader asks for, and clears an earlier attempt's error", async () => {
        const { runId } = await created();
        const first = await mustClaim(store, runId);
        await store.release(first.lease, sampleRelease({ error, failures: 1 }));
        const { lease } = await mustClaim(store, runId);
        await store.finish(lease, sampleFinish({ status: "dropped", reason: "not an order", output: null }));
        const found = await store.get(runId);
        expect(found).toMatchObject({
          status: "dropped",
          reason: "not an order",
          output: null,
          finishedAt: NOON + 500,
          spentMs: 400,
          costUsd: 0.5,
          failures: 1,
          attempt: 2,
        });
        expect(found).not.toHaveProperty("error");
        expect(found?.dueAt).toBe(Number.POSITIVE_INFINITY);
      });

      test("a failed run keeps its error with every detail", async () => {
        const { runId } = await created();
        const { lease } = await mustClaim(store, runId);
        await store.finish(lease, sampleFinish({ status: "failed", error }));
        expect((await store.get(runId))?.error).toEqual(error);
      });

      test("a release or a finish whose answer got lost is recognised when it is repeated", async () => {
        const { runId } = await created();
        const first = await mustClaim(store, runId);
        await store.release(first.lease, sampleRelease());
        await store.release(first.lease, sampleRelease());
        const second = await mustClaim(store, runId);
        await store.finish(second.lease, sampleFinish());
        await store.finish(second.lease, sampleFinish());
        expect(await store.get(runId)).toMatchObject({ status: "succeeded", epoch: 2 });
      });

      test("a finish with a blanked history leaves nothing of what was kept before", async () => {
        const { runId, event } = await created({
          event: { ...sampleRun().event, body: randomBytes(800_000) },
        });
        const { lease } = await mustClaim(store, runId);
        const large = randomBytes(750_000).toString("base64");
        await store.append(lease, 1, [sampleEntry("0", large)]);
        const blanked = {
          ...event,
          body: new TextEncoder().encode('{"card":"***"}'),
          contentType: "application/json",
        };
        const journal = [sampleEntry("0", "***"), sampleEntry("1", "***")];
        await store.finish(
          lease,
          sampleFinish({ tail: [sampleEntry("1", large)], history: { event: blanked, journal } }),
        );
        expect(await store.get(runId)).toMatchObject({ status: "succeeded", event: blanked, journal });
      });

      test("a finish with a blanked history that is large itself keeps all of it", async () => {
        const { runId, event } = await created({
          event: { ...sampleRun().event, body: randomBytes(500_000) },
        });
        const { lease } = await mustClaim(store, runId);
        const blanked = { ...event, body: randomBytes(500_000) };
        const journal = [sampleEntry("0", randomBytes(400_000).toString("base64"))];
        await store.finish(lease, sampleFinish({ history: { event: blanked, journal } }));
        const found = await store.get(runId);
        expect(Buffer.compare(found?.event.body ?? new Uint8Array(), blanked.body)).toBe(0);
        expect(found?.journal).toEqual(journal);
      });

      test("a runner that stalled finds out at its next segment, also after a finish with a blanked history", async () => {
        const { runId, event } = await created();
        const stalled = await mustClaim(store, runId);
        await store.append(stalled.lease, stalled.nextSegment, [sampleEntry("0")]);
        const second = await mustClaim(store, runId, sampleClaim(NOON + MINUTE));
        await store.append(second.lease, second.nextSegment, [sampleEntry("1")]);
        await store.finish(second.lease, sampleFinish({ history: { event, journal: [] } }));
        const late = store.append(stalled.lease, stalled.nextSegment + 1, [sampleEntry("1")]);
        await expect(late).rejects.toThrow(LeaseLost);
        expect((await store.get(runId))?.journal).toEqual([]);
      });

      test("a final status is never written again", async () => {
        const { runId } = await created();
        const { lease } = await mustClaim(store, runId);
        await store.finish(lease, sampleFinish());
        await expect(store.release(lease, sampleRelease())).rejects.toThrow(LeaseLost);
        const later = sampleClaim(NOON + 10 * MINUTE);
        expect(await store.claim(runId, later)).toEqual({ kind: "final", status: "succeeded" });
        const forged = { ...lease, owner: later.owner, epoch: 2 };
        await expect(store.finish(forged, sampleFinish({ status: "failed" }))).rejects.toThrow(LeaseLost);
        expect(await store.get(runId)).toMatchObject({ status: "succeeded" });
      });
    });

    describe("failing a damaged run", () => {
      const error = { step: null, class: "internal", message: "a hole in the journal", details: {} } as const;

      test("ends it once: it is failed for what was found, and due no more", async () => {
        const { runId } = await created({ dueAt: NOON });
        await mustClaim(store, runId);
        const damaged = { runId, error, epoch: 1 };
        expect(await store.failDamaged(damaged, NOON + 7)).toBe(true);
        expect(await store.failDamaged(damaged, NOON + 7)).toBe(true);
        expect(await store.failDamaged(damaged, NOON + 8)).toBe(false);
        expect(await store.get(runId)).toMatchObject({ status: "failed", error, finishedAt: NOON + 7 });
        expect(await store.claim(runId, sampleClaim(NOON + DAY))).toEqual({
          kind: "final",
          status: "failed",
        });
        expect(await store.due(Number.POSITIVE_INFINITY, 10)).toEqual([]);
      });

      test("does nothing to a run that has ended, or was claimed since", async () => {
        const { runId } = await created();
        const { lease } = await mustClaim(store, runId);
        expect(await store.failDamaged({ runId, error, epoch: 0 }, NOON)).toBe(false);
        await store.finish(lease, sampleFinish());
        expect(await store.failDamaged({ runId, error, epoch: 1 }, NOON)).toBe(false);
        expect(await store.failDamaged({ runId: runIdAt(NOON), error }, NOON)).toBe(false);
        expect(await store.get(runId)).toMatchObject({ status: "succeeded" });
      });

      test("leaves nothing to the runner that holds it", async () => {
        const { runId } = await created();
        const { lease } = await mustClaim(store, runId);
        await store.failDamaged({ runId, error }, NOON);
        await expect(store.finish(lease, sampleFinish())).rejects.toThrow(LeaseLost);
        await expect(store.release(lease, sampleRelease())).rejects.toThrow(LeaseLost);
        expect(await store.get(runId)).toMatchObject({ status: "failed" });
      });
    });

    describe("how a run stands", () => {
      test("is its status at any time, and nothing for a run that there is not", async () => {
        const { runId } = await created();
        expect(await store.status(runId)).toBe("queued");
        const first = await mustClaim(store, runId);
        expect(await store.status(runId)).toBe("running");
        await store.release(first.lease, sampleRelease({ status: "waiting" }));
        expect(await store.status(runId)).toBe("waiting");
        const second = await mustClaim(store, runId);
        await store.finish(second.lease, sampleFinish({ status: "dropped" }));
        expect(await store.status(runId)).toBe("dropped");
        now = NOON + 31 * DAY;
        expect(await store.status(runId)).toBeUndefined();
        expect(await store.status(runIdAt(NOON))).toBeUndefined();
      });
    });

    describe("listing", () => {
      const query = {
        workflows: ["orders", "refunds"],
        limit: 100,
        until: NOON + MINUTE,
        since: NOON - 5 * DAY,
      };

      const finished = async (changes: Parameters<typeof sampleRun>[0], finish = sampleFinish()) => {
        const run = await created(changes);
        const { lease } = await mustClaim(store, run.runId, sampleClaim(run.createdAt));
        await store.finish(lease, finish);
        return run.runId;
      };

      test("runs of several days and workflows come newest first, as far as asked", async () => {
        const ids: string[] = [];
        for (const day of [3, 2, 0])
          for (const hour of [5, 3, 1])
            ids.push(
              (
                await created({
                  createdAt: NOON - day * DAY - hour * 3_600_000,
                  workflow: hour === 3 ? "refunds" : "orders",
                })
              ).runId,
            );
        await created({ workflow: "others" });
        ids.reverse();
        const listed = async (changes: Partial<typeof query>) =>
          (await store.list({ ...query, ...changes })).map(({ runId }) => runId);
        expect(await listed({})).toEqual(ids);
        expect(await listed({ limit: 4 })).toEqual(ids.slice(0, 4));
        expect(await listed({ until: NOON - 3 * 3_600_000 })).toEqual(ids.slice(1));
        expect(await listed({ until: NOON - 3 * 3_600_000 - 1 })).toEqual(ids.slice(2));
        expect(await listed({ since: NOON - 2 * DAY - 3 * 3_600_000 })).toEqual(ids.slice(0, 5));
        expect(await listed({ workflows: ["refunds"] })).toEqual([ids[1], ids[4], ids[7]]);
      });

      test("each status lists its own, and all together list everything", async () => {
        const queued = await created();
        const running = await created();
        await mustClaim(store, running.runId);
        const waiting = await created();
        const { lease } = await mustClaim(store, waiting.runId);
        const error = { step: "0", class: "timeout", message: "no answer", details: {} } as const;
        await store.release(lease, sampleRelease({ status: "waiting", notBefore: NOON + MINUTE, error }));
        const failed = await finished({}, sampleFinish({ status: "failed", error }));
        const succeeded = await finished({});
        const listed = async (
          status?: "queued" | "running" | "waiting" | "failed" | "succeeded" | "dropped",
        ) => (await store.list({ ...query, ...(status && { status }) })).map(({ runId }) => runId);
        expect(await listed("queued")).toEqual([queued.runId]);
        expect(await listed("running")).toEqual([running.runId]);
        expect(await listed("waiting")).toEqual([waiting.runId]);
        expect(await listed("failed")).toEqual([failed]);
        expect(await listed("succeeded")).toEqual([succeeded]);
        expect(await listed("dropped")).toEqual([]);
        expect(await listed()).toEqual([succeeded, failed, waiting.runId, running.runId, queued.runId]);
      });

      test("a summary shows what a list needs", async () => {
        const message = "a very long message ".repeat(100);
        const error = { step: null, class: "client_error", message, details: {} } as const;
        const runId = await finished({}, sampleFinish({ status: "failed", error, costUsd: 0.0000001 }));
        const [summary] = await store.list(query);
        expect(await store.summary(runId)).toEqual(summary);
        expect(summary).toEqual({
          runId,
          workflow: "orders",
          hash: "ab12".repeat(16),
          status: "failed",
          createdAt: NOON,
          finishedAt: NOON + 500,
          costUsd: 0.0000001,
          error: { class: "client_error", message: `${message.slice(0, 399)}…` },
        });
      });

      test("one run is shown as lists show it, whatever its status", async () => {
        const { runId, expiresAt } = await created();
        const [listed] = await store.list(query);
        expect(await store.summary(runId)).toEqual(listed);
        expect(await store.summary(runIdAt(NOON))).toBeUndefined();
        now = expiresAt * 1000;
        expect(await store.summary(runId)).toBeUndefined();
      });

      test("each class of error lists the runs that failed with it, or wait after it", async () => {
        const errorOf = (errorClass: "timeout" | "client_error") =>
          ({ step: "0", class: errorClass, message: "no", details: {} }) as const;
        const timedOut = await finished({}, sampleFinish({ status: "failed", error: errorOf("timeout") }));
        const refused = await finished(
          {},
          sampleFinish({ status: "failed", error: errorOf("client_error") }),
        );
        const waiting = await created();
        const { lease } = await mustClaim(store, waiting.runId);
        await store.release(lease, sampleRelease({ status: "waiting", error: errorOf("timeout") }));
        await finished({});
        const listed = async (changes: object) =>
          (await store.list({ ...query, ...changes })).map(({ runId }) => runId);
        expect(await listed({ errorClass: "timeout" })).toEqual([waiting.runId, timedOut]);
        expect(await listed({ errorClass: "timeout", status: "failed" })).toEqual([timedOut]);
        expect(await listed({ errorClass: "timeout", status: "waiting" })).toEqual([waiting.runId]);
        expect(await listed({ errorClass: "client_error" })).toEqual([refused]);
        expect(await listed({ errorClass: "internal" })).toEqual([]);
      });

      test("pages follow each other without a gap or a run that comes twice, also within a millisecond", async () => {
        const ids: string[] = [];
        for (const createdAt of [NOON - 2 * DAY, NOON - DAY, NOON - DAY, NOON, NOON, NOON, NOON + 1])
          ids.unshift((await created({ createdAt, workflow: ids.length % 2 ? "refunds" : "orders" })).runId);
        for (const limit of [1, 2, 3, 7]) {
          const found: string[] = [];
          let page = await store.list({ ...query, limit });
          for (let left = 9; page.length > 0 && left > 0; left -= 1) {
            found.push(...page.map(({ runId }) => runId));
            const after = page.at(-1);
            page = await store.list({ ...query, limit, ...(after && { after }) });
          }
          expect(found).toEqual(ids);
        }
      });

      test("pages of few looks have every run once too, whatever the filter leaves", async () => {
        const wanted: string[] = [];
        for (const createdAt of [NOON - 2 * DAY, NOON - DAY, NOON]) {
          for (let n = 0; n < 24; n += 1) {
            if (n % 8 === 0) wanted.unshift(await finished({ createdAt: createdAt + n }));
            else await created({ createdAt: createdAt + n });
          }
        }
        for (const looks of [1, 3, 300, Number.POSITIVE_INFINITY]) {
          const found: string[] = [];
          let page = await store.page({ ...query, status: "succeeded", limit: 2 }, looks);
          for (let left = 90; left > 0; left -= 1) {
            expect(page.runs.length).toBeLessThanOrEqual(2);
            found.push(...page.runs.map(({ runId }) => runId));
            if (!page.next) break;
            page = await store.page({ ...query, status: "succeeded", limit: 2, after: page.next }, looks);
          }
          expect(page.next).toBeUndefined();
          expect(found).toEqual(wanted);
        }
      });

      test("a limit is met although most runs have another status", async () => {
        const wanted: string[] = [];
        for (let n = 0; n < 24; n += 1) {
          if (n % 8 === 0) wanted.unshift(await finished({ createdAt: NOON + n }));
          else await created({ createdAt: NOON + n });
        }
        const found = await store.list({ ...query, status: "succeeded", limit: 3 });
        expect(found.map(({ runId }) => runId)).toEqual(wanted);
      });
    });

    describe("what is due", () => {
      test("runs that are not final come by the time they are due", async () => {
        const later = await created({ dueAt: NOON + 2 });
        const sooner = await created({ dueAt: NOON + 1 });
        await created({ dueAt: NOON + 3 });
        const final = await created({ dueAt: NOON });
        const { lease } = await mustClaim(store, final.runId);
        await store.finish(lease, sampleFinish());
        expect(await store.due(NOON + 2, 10)).toEqual([
          { runId: sooner.runId, dueAt: NOON + 1, status: "queued" },
          { runId: later.runId, dueAt: NOON + 2, status: "queued" },
        ]);
        expect(await store.due(NOON + 2, 1)).toMatchObject([{ runId: sooner.runId }]);
        expect(await store.due(Number.POSITIVE_INFINITY, 10)).toHaveLength(3);
      });

      test("runs that have expired hide no others", async () => {
        for (let made = 0; made < 5; made += 1) await created({ dueAt: NOON, expiresAt: NOON / 1000 + 60 });
        const alive = await created({ dueAt: NOON + 1 });
        now = NOON + MINUTE;
        expect(await store.due(now, 2)).toEqual([{ runId: alive.runId, dueAt: NOON + 1, status: "queued" }]);
        expect(await store.due(now, 2)).toHaveLength(1);
      });

      test("a due run tells its lease and its wait", async () => {
        const held = await created({ dueAt: NOON });
        await mustClaim(store, held.runId);
        const waiting = await created();
        const { lease } = await mustClaim(store, waiting.runId);
        const notBefore = NOON + MINUTE;
        await store.release(lease, sampleRelease({ status: "waiting", notBefore, dueAt: NOON + 1 }));
        expect(await store.due(NOON + 1, 10)).toEqual([
          { runId: held.runId, dueAt: NOON, status: "running", leaseUntil: NOON + MINUTE },
          { runId: waiting.runId, dueAt: NOON + 1, status: "waiting", notBefore },
        ]);
      });

      test("of two that postpone a run, one does", async () => {
        const { runId } = await created({ dueAt: NOON });
        const [due] = await store.due(NOON, 10);
        if (!due) throw new Error("the run is not due");
        const moved = await Promise.all([1, 2, 3].map((later) => store.postpone(due, NOON + later)));
        expect(moved.filter(Boolean)).toHaveLength(1);
        expect(await store.due(NOON, 10)).toEqual([]);
        expect((await store.get(runId))?.dueAt).toBe(NOON + 1 + moved.indexOf(true));
      });

      test("a postponement whose answer got lost is recognised when it is repeated", async () => {
        await created({ dueAt: NOON });
        const [due] = await store.due(NOON, 10);
        if (!due) throw new Error("the run is not due");
        expect(await store.postpone(due, NOON + MINUTE)).toBe(true);
        expect(await store.postpone(due, NOON + MINUTE)).toBe(true);
      });

      test("a run that was finished or released meanwhile is not postponed", async () => {
        const { runId } = await created({ dueAt: NOON });
        const [due] = await store.due(NOON, 10);
        if (!due) throw new Error("the run is not due");
        const first = await mustClaim(store, runId);
        await store.release(first.lease, sampleRelease({ dueAt: NOON + 7 }));
        expect(await store.postpone(due, NOON + 9)).toBe(false);
        const second = await mustClaim(store, runId);
        await store.finish(second.lease, sampleFinish());
        expect(await store.postpone({ ...due, dueAt: NOON + 7 }, NOON + 9)).toBe(false);
        expect(await store.postpone({ ...due, runId: runIdAt(NOON) }, NOON + 9)).toBe(false);
        expect(await store.due(Number.POSITIVE_INFINITY, 10)).toEqual([]);
      });
    });

    describe("versions of workflows", () => {
      const workflow = (steps: number): Workflow => ({
        name: "orders",
        hash: "cd34".repeat(16),
        environment: [],
        input: { type: "http_webhook" },
        steps: Array.from({ length: steps }, (_none, index) => ({
          type: "jq",
          id: `step_${index}`,
          line: index + 1,
          outputTo: null,
          inject: false,
          retry: {
            retries: 0,
            backoffSeconds: 1,
            backoff: "constant",
            maxBackoffSeconds: 1,
            retryOn: [],
          },
          timeoutSeconds: null,
          onError: "fail",
          effect: "at_least_once",
          params: { query: randomBytes(200).toString("base64"), limit: parseJson("12345678901234567890") },
          blocks: {},
        })),
        onFailure: [],
        timeoutSeconds: 900,
        strict: false,
        history: { retentionDays: 30, redact: [] },
        changelog: [],
        file: "orders.yaml",
      });

      test("a version is kept under its hash and never changes", async () => {
        const first = workflow(2);
        await store.putVersion(first);
        await store.putVersion({ ...first, description: "not the same" });
        expect(await store.getVersion("orders", first.hash)).toEqual(first);
        expect(await store.getVersion("orders", "ef".repeat(32))).toBeUndefined();
        expect(await store.getVersion("refunds", first.hash)).toBeUndefined();
      });

      test("versions are found by how their hash begins", async () => {
        const first = workflow(0);
        const second = { ...first, hash: "cd99".repeat(16) };
        for (const one of [first, second, { ...first, name: "refunds", hash: "cd00".repeat(16) }])
          await store.putVersion(one);
        const hashesLike = async (prefix: string) =>
          (await store.versionsLike("orders", prefix)).map(({ hash }) => hash).sort();
        expect(await hashesLike("cd")).toEqual([first.hash, second.hash]);
        expect(await hashesLike("cd3")).toEqual([first.hash]);
        expect(await hashesLike("ef")).toEqual([]);
      });

      test("lists say what its file calls a version, since when it is kept, and what served before", async () => {
        const first = { ...workflow(1), hash: "aa11".repeat(16) };
        const second = { ...workflow(1), hash: "bb22".repeat(16) };
        await store.putVersion({ ...first, version: "1.4" });
        await store.putVersion(second, first.hash);
        await store.putVersion(second, "f".repeat(64));
        const kept = await store.versionsLike("orders", "");
        expect(kept.find(({ hash }) => hash === first.hash)).toEqual({
          hash: first.hash,
          label: "1.4",
          keptAt: expect.any(Number),
        });
        expect(kept.find(({ hash }) => hash === second.hash)).toMatchObject({ before: first.hash });
      });

      test("a version of thousands of steps is kept whole", async () => {
        const large = workflow(3_000);
        await store.putVersion(large);
        expect(await store.getVersion("orders", large.hash)).toEqual(large);
      });
    });
  });
}
