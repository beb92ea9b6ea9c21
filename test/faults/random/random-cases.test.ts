import { afterAll, expect, test } from "@jest/globals";
import { createJq } from "../../../lib/adapters/jq/jq-worker-pool.ts";
import { checkCase, randomStrikes } from "./check-case.ts";
import { randomCase } from "./random-case.ts";
import { reportCase } from "./report-case.ts";

const jq = createJq();
afterAll(() => jq.close());

/** Reports of those seeds on which engine and model differ. */
async function failing(seeds: readonly number[], faults: number): Promise<readonly string[]> {
  const reports: string[] = [];
  for (const seed of seeds) {
    const given = randomCase(seed, { jq });
    const strikes = await randomStrikes(given, faults);
    if ((await checkCase(given, strikes)).length > 0) reports.push(await reportCase(given, strikes));
  }
  return reports;
}

const seedsFrom = (first: number, count: number) =>
  Array.from({ length: count }, (_none, index) => first + index);

test("P2 P7 a workflow made by chance comes to what the language says", async () => {
  expect(await failing(seedsFrom(1, 300), 0)).toEqual([]);
});

test.each([1, 2])("P2 P4 P5 P6 P7 and so it does when faults befall it: %d", async (faults) => {
  expect(await failing(seedsFrom(1_001, 100), faults)).toEqual([]);
});
