import { describe, expect, test } from "@jest/globals";
import type { RunRecord } from "../../lib/core/run.ts";
import { sampleEntry, sampleRun } from "../support/sample-run.ts";
import { audit, type Books } from "./audit.ts";
import type { Effect } from "./peer.ts";

function runOf(delivery: string, workflow: string, changes: Partial<RunRecord>): RunRecord {
  const { event, ...run } = sampleRun({ workflow });
  const body = new TextEncoder().encode(JSON.stringify({ delivery }));
  const ended = { attempt: 1, epoch: 1, failures: 0, spentMs: 1, costUsd: 0, journal: [sampleEntry("0")] };
  return { ...run, event: { ...event, body }, status: "succeeded", ...ended, ...changes };
}

function effectOf(run: RunRecord, delivery: string, step: string, changes: Partial<Effect> = {}): Effect {
  const made = { arrivals: 1, taken: 1, applied: true, receipt: "r", bodies: new Set([step]) };
  return { key: `${run.runId}-${step}`, delivery, step, ...made, ...changes };
}

const parked = runOf("0.0", "parked", {});
const once = runOf("1.1", "once", {});
const refusedError = { step: "1", class: "client_error", message: "no", details: {} } as const;
const refused = runOf("2.0", "refused", { status: "failed", error: refusedError });
const child = "01a21ea2-0000-7000-8000-000000000000";
const good: Books = {
  posts: [
    { delivery: "0.0", workflow: "parked", outcome: "acknowledged", runId: parked.runId },
    { delivery: "1.0", workflow: "once", outcome: "refused" },
    { delivery: "1.1", workflow: "once", outcome: "lost" },
    { delivery: "2.0", workflow: "refused", outcome: "acknowledged", runId: refused.runId },
  ],
  runs: [parked, once, refused],
  effects: [
    ...["before", "after"].map((step) => effectOf(parked, "0.0", step)),
    ...["before", "once", "after"].map((step) => effectOf(once, "1.1", step)),
    ...["before", "told"].map((step) => effectOf(refused, "2.0", step)),
    effectOf(refused, "2.0", "refused", { applied: false, taken: 0 }),
  ],
  deadLetters: [{ runId: refused.runId, reason: "client_error" }],
};

/** The books with one run, or the effects of one step, in another form. */
const withRun = (run: RunRecord): Books => ({
  ...good,
  runs: good.runs.map((one) => (one.runId === run.runId ? run : one)),
});
const withEffect = (step: string, changes: Partial<Effect>): Books => ({
  ...good,
  effects: good.effects.map((one) => (one.step === step ? { ...one, ...changes } : one)),
});

test("nothing is to be said of books that agree", () => {
  expect(audit(good)).toEqual([]);
});

describe("a promise that was broken is told", () => {
  test.each<[string, Books, RegExp]>([
    [
      "an acknowledged run that is missing",
      { ...good, runs: [once, refused] },
      /0\.0 was acknowledged as run .* which does not exist/,
    ],
    ["a run that has not ended", withRun({ ...parked, status: "waiting" }), /of parked is waiting/],
    [
      "a run of a delivery that was refused",
      { ...good, runs: [...good.runs, runOf("1.0", "once", { status: "dropped" })] },
      /1\.0, which was refused/,
    ],
    [
      "two runs of one post",
      { ...good, runs: [...good.runs, runOf("1.1", "once", { status: "dropped" })] },
      /1\.1 became several runs/,
    ],
    [
      "an effect that never came",
      { ...good, effects: good.effects.filter(({ step }) => step !== "after") },
      /of parked succeeded without after/,
    ],
    ["an effect that was not done", withEffect("after", { applied: false }), /after was never done/],
    [
      "an effect under two keys",
      { ...good, effects: [...good.effects, effectOf(parked, "0.0", "after", { key: `${parked.runId}-9` })] },
      /made after under 2 keys/,
    ],
    [
      "a key that came with two inputs",
      withEffect("after", { bodies: new Set(["1", "2"]) }),
      /came with 2 inputs: 1 \| 2/,
    ],
    ["a call that may be made once", withEffect("once", { taken: 2 }), /-once was made 2 times/],
    ["a call of no run", withEffect("told", { key: "" }), /with the key "", which belongs to no run/],
    [
      "a step that was settled twice",
      withRun({ ...parked, journal: [sampleEntry("0"), sampleEntry("0")] }),
      /settled 0 twice/,
    ],
    [
      "a run that is called poisonous before two processes have died",
      withRun({ ...refused, attempt: 2, error: { ...refusedError, class: "internal" } }),
      /failed with internal at claim 2: no/,
    ],
    [
      "a failed run that lies nowhere",
      { ...good, deadLetters: [] },
      /lies among the dead letters with no reason/,
    ],
    [
      "a run that no journal names",
      withRun({ ...parked, parent: { runId: once.runId, path: "1", awaits: true, depth: 0 } }),
      /whose journal does not name it/,
    ],
    [
      "a run that a journal names and nobody made",
      withRun({ ...once, journal: [{ ...sampleEntry("0"), children: [child] }] }),
      /which does not exist/,
    ],
  ])("%s", (_what, books, sentence) => {
    expect(audit(books).join("\n")).toMatch(sentence);
  });
});
