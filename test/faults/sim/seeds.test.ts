import { describe, expect, test } from "@jest/globals";
import { checkSeed } from "./check-seed.ts";
import { readCorpus } from "./corpus.ts";
import { KINDS_OF_FAULTS } from "./kinds-of-faults.ts";
import { LIMITED_WORLDS } from "./plan.ts";

const SEEDS = 150;
const LIMITED_SEEDS = 60;

describe("a simulated world keeps every promise", () => {
  test("P1–P9 whatever befalls it, in each of the seeds that are played each time", async () => {
    const faults = new Set<string>();
    const broken: string[] = [];
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const report = await checkSeed(seed);
      for (const [kind] of report.faults) faults.add(kind);
      if (report.broken.length > 0) broken.push(`npm run test:faults -- --seed ${seed}: ${report.broken[0]}`);
    }
    expect(broken).toEqual([]);
    expect(KINDS_OF_FAULTS.filter((kind) => !faults.has(kind))).toEqual([]);
  }, 180_000);

  test("and those of inputs with limits: one run for a dedupe key, turns of a rate, slots, the last of a burst, one list for each delivery", async () => {
    const broken: string[] = [];
    for (let seed = LIMITED_WORLDS; seed < LIMITED_WORLDS + LIMITED_SEEDS; seed += 1) {
      const report = await checkSeed(seed);
      if (report.broken.length > 0) broken.push(`npm run test:faults -- --seed ${seed}: ${report.broken[0]}`);
    }
    expect(broken).toEqual([]);
  }, 180_000);

  test("P1–P9 in each of the seeds that once broke one", async () => {
    for (const { seed, broke } of readCorpus())
      expect({ broke, ...(await checkSeed(seed)) }).toMatchObject({ broken: [] });
  }, 180_000);

  test("a seed plays the same world each time", async () => {
    const told = async () => {
      const lines: string[] = [];
      await checkSeed(7, (who, what) => lines.push(`${who}: ${what}`));
      return lines;
    };
    const first = await told();
    expect(first.length).toBeGreaterThan(100);
    expect(await told()).toEqual(first);
  });
});
