import { parseArgs } from "node:util";
import { targets } from "./targets.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: "string", default: String(Date.now() % 2 ** 31) },
    runs: { type: "string", default: "100000" },
  },
});
const seed = Number(values.seed);
const runs = Number(values.runs);
const chosen = targets.filter(({ name }) => positionals.length === 0 || positionals.includes(name));

console.log(`seed ${seed}; again with: npm run test:fuzz -- --seed ${seed}`);
for (const target of chosen) {
  try {
    const inputs = Math.ceil(runs / target.cost);
    const { ms, pauses, slowestMs } = await target.run({ seed, runs: inputs });
    console.log(
      `${target.name}: ${inputs} inputs in ${(ms / 1000).toFixed(1)} s, slowest input ${slowestMs.toFixed(1)} ms, over 50 ms once and not again: ${pauses}`,
    );
  } catch (failure) {
    process.exitCode = 1;
    console.error(`${target.name} failed: ${failure instanceof Error ? failure.message : failure}`);
  }
}
