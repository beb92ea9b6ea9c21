import { describe, expect, test } from "@jest/globals";
import { targets } from "./targets.ts";
import { problemsOfSoundFile } from "./workflow-files.ts";

const RUNS = 1_000;

describe("any input is taken without a crash, a hang or a prototype (npm run test:fuzz tries 100,000 of each, and 10,000 requests)", () => {
  test("the workflow that is changed is sound", () => {
    expect(problemsOfSoundFile()).toEqual([]);
  });

  for (const { name, cost, run } of targets)
    test(name, async () => void (await run({ seed: 20_261_127, runs: RUNS / cost })));
});
