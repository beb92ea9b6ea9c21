import { describe, expect, test } from "@jest/globals";
import { redriveRun, unknownOutcomes } from "../../lib/app/redrive-run.ts";
import type { JournalEntry } from "../../lib/core/journal.ts";
import { sampleEntry } from "../support/sample-run.ts";
import { createWorld, runIdOf } from "../support/world.ts";

const entry = (path: string, more: Partial<JournalEntry> = {}): JournalEntry => ({
  ...sampleEntry(path),
  ...more,
});
const error = (errorClass: "unknown_outcome" | "timeout", step: string | null = null) =>
  ({ step, class: errorClass, message: "m", details: {} }) as const;

describe("nobody knows whether a step took effect", () => {
  test("that was begun and has no other entry, or failed without an answer", () => {
    const failed = { status: "failed", error: error("unknown_outcome", "1") } as const;
    expect(unknownOutcomes([entry("0", { status: "started" }), entry("1", failed)])).toEqual(["0", "1"]);
  });

  test("unless it ended later, or its failure is accepted or another one", () => {
    const journal = [
      entry("0", { status: "started" }),
      entry("0"),
      entry("1", { status: "failed", error: error("unknown_outcome", "1"), handled: true }),
      entry("2", { status: "failed", error: error("timeout") }),
      entry("3", { status: "waiting" }),
      // A loop, of whose failed item another run knows.
      entry("4", { status: "failed", error: error("unknown_outcome", "4.items.0.0") }),
    ];
    expect(unknownOutcomes(journal)).toEqual([]);
  });
});

describe("a run", () => {
  const call = { type: "http_call", url: "https://x.test/a", effect: "at_most_once" };

  test("that is redriven and whose message gets lost is found by the sweeper, and not before", async () => {
    const world = createWorld({
      file: { steps: [{ type: "fail", message: "no" }] },
    });
    const runId = runIdOf(await world.post({}));
    await world.settle();
    const lost = { ...world.queue, send: async () => {} };
    const { store, timings } = world.runner;
    expect(await redriveRun({ store, clock: world.clock, timings, queue: lost }, runId)).toEqual({
      kind: "redriven",
    });
    world.clock.advance(timings.lookAfterMs - 1);
    expect(await world.sweep()).toBe(0);
    world.clock.advance(1);
    expect(await world.sweep()).toBe(1);
  });

  test("that is under way in a call of unknown outcome is not failed, whatever is asked", async () => {
    const world = createWorld({ file: { steps: [call] }, http: [{ url: "https://x.test/a", body: 1 }] });
    const runId = runIdOf(await world.post({}));
    const claim = await world.store.claim(runId, {
      owner: "runner",
      now: world.clock.now(),
      leaseUntil: world.clock.now() + 60_000,
    });
    if (claim.kind !== "claimed") throw new Error(claim.kind);
    await world.store.append(claim.lease, claim.nextSegment, [entry("0", { status: "started" })]);
    const { store, queue, timings } = world.runner;
    expect(await redriveRun({ store, queue, clock: world.clock, timings }, runId)).toEqual({
      kind: "not_failed",
      status: "running",
    });
  });
});
