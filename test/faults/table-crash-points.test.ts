import { expect, test } from "@jest/globals";
import { isSettled } from "../../lib/core/journal.ts";
import { FAULTS, type Strike, textOfAll } from "../support/faults.ts";
import { largeValues } from "./large-values.ts";
import { outcomeOf, play, tableOfTrial } from "./trial.ts";
import { CARD, type FaultCase, WORKFLOWS } from "./workflows.ts";

const CASES: { readonly [about: string]: FaultCase | undefined } = {
  ...WORKFLOWS,
  "values that lie in chunks": largeValues(90_000),
};

async function playOnTable(given: FaultCase, strikes: readonly Strike[] = []) {
  const table = tableOfTrial();
  const trial = await play({ ...given, table }, strikes);
  const isBlanked = given.file.history === undefined || !textOfAll(table.items()).includes(CARD);
  return { ...trial, isBlanked };
}

test.each([
  "a history that is blanked",
  "cached calls, one for items that run at once",
  "values that lie in chunks",
])("P1 P2 P4 P5 P7 P8 hold wherever a request to the table is struck: %s", async (about) => {
  const given = CASES[about];
  if (!given) throw new Error("no such workflow");
  const undisturbed = await playOnTable(given);
  const expected = outcomeOf(undisturbed.run, given.races);
  expect(expected).toMatchObject({ status: "succeeded" });
  const strikes = undisturbed.calls.flatMap(({ name }, at) =>
    name === "table.send" ? FAULTS.map((fault) => ({ at, fault })) : [],
  );
  const broken: unknown[] = [];
  for (const strike of strikes) {
    const { answer, run, finals, ranAgain, isBlanked } = await playOnTable(given, [strike]);
    const outcome = outcomeOf(run, given.races);
    const isEnded = run ? textOfAll(outcome) === textOfAll(expected) : answer?.status !== 202;
    const settled = run?.journal.filter(isSettled).map(({ path }) => path) ?? [];
    const asPromised =
      isEnded &&
      (answer === undefined || (answer.status === 202) === (run !== undefined)) &&
      new Set(finals).size <= 1 &&
      ranAgain.length === 0 &&
      new Set(settled).size === settled.length &&
      isBlanked;
    if (!asPromised) broken.push({ strike, answer, finals, ranAgain, isBlanked, outcome });
  }
  expect(broken).toEqual([]);
  expect(strikes.length).toBeGreaterThan(30);
});
