import { checkSeed } from "./check-seed.ts";

const [from = 1, most = 1_000] = process.argv.slice(2).map(Number);
const LONGEST = 160;

// Prints how many seeds it takes until one breaks a promise, and which.
const found = await firstBroken();
process.stdout.write(JSON.stringify(found));

async function firstBroken(): Promise<{ seeds: number | null; what: string }> {
  for (let seed = from; seed < from + most; seed += 1) {
    const [what] = (await checkSeed(seed)).broken;
    if (what !== undefined) return { seeds: seed - from + 1, what: what.slice(0, LONGEST) };
  }
  return { seeds: null, what: "" };
}
