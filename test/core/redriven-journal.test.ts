import { describe, expect, test } from "@jest/globals";
import {
  lastRound,
  onFailurePlace,
  resumedJournal,
  withoutEarlierRounds,
} from "../../lib/core/redriven-journal.ts";
import { sampleEntry } from "../support/sample-run.ts";

const journal = ["0", "on_failure", "on_failure.0", "1", "on_failure@1", "on_failure@1.0.if.0", "2"].map(
  (path) => sampleEntry(path),
);
const redrives = [
  { at: 1, entries: 3 },
  { at: 2, entries: 6 },
];
const paths = (entries: readonly { readonly path: string }[]) => entries.map(({ path }) => path);

describe("the journal of a redriven run", () => {
  test("has a place for each round of on_failure", () => {
    expect([0, 1, 12].map(onFailurePlace)).toEqual(["on_failure", "on_failure@1", "on_failure@12"]);
  });

  test("counts for the state without the rounds before the last one", () => {
    expect(withoutEarlierRounds(journal)).toBe(journal);
    expect(paths(withoutEarlierRounds(journal.slice(0, 6), redrives.slice(0, 1)))).toEqual([
      "0",
      "1",
      "on_failure@1",
      "on_failure@1.0.if.0",
    ]);
    expect(paths(withoutEarlierRounds(journal, redrives))).toEqual(["0", "1", "2"]);
  });

  test("is resumed from without them, knowing which entries are older than the last redrive", () => {
    expect(resumedJournal(journal.slice(0, 3))).toEqual({
      past: journal.slice(0, 3),
      before: 0,
      keepsUnknown: false,
    });
    const { past, before } = resumedJournal(journal, redrives);
    expect([paths(past), before]).toEqual([["0", "1", "2"], 2]);
    const died = resumedJournal(journal, redrives.slice(0, 1));
    expect([paths(died.past), died.before]).toEqual([
      ["0", "1", "on_failure@1", "on_failure@1.0.if.0", "2"],
      1,
    ]);
  });

  test("reads for a recording as if it had failed once", () => {
    expect(paths(lastRound(journal.slice(0, 6), redrives.slice(0, 1)))).toEqual([
      "0",
      "1",
      "on_failure",
      "on_failure.0.if.0",
    ]);
    expect(paths(lastRound(journal.slice(0, 3)))).toEqual(["0", "on_failure", "on_failure.0"]);
  });
});
