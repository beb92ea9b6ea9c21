import { addToCorpus } from "./corpus.ts";
import { type Exploration, exploreSeeds } from "./explore-seeds.ts";
import { KINDS_OF_FAULTS } from "./kinds-of-faults.ts";

const SHOWN = 10;
const EVERY_MS = 1_000;

/** Plays seeds, tells of each that breaks a promise how to see it again, and keeps it. True: none did. */
export async function simulate(which: Omit<Exploration, "onReport">): Promise<boolean> {
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  const faults = new Map<string, number>();
  const sum = { seeds: 0, runs: 0, invocations: 0, broken: 0 };
  let told = 0;
  const progress = (text: string) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
  };
  console.log(`simulated worlds, seeds from ${which.from} on ${which.threads} threads`);
  await exploreSeeds({
    ...which,
    onReport({ seed, broken, faults: injected, runs, invocations }) {
      sum.seeds += 1;
      sum.runs += runs;
      sum.invocations += invocations;
      for (const [kind, count] of injected) faults.set(kind, (faults.get(kind) ?? 0) + count);
      if (broken.length > 0) {
        sum.broken += 1;
        addToCorpus(seed, broken[0] ?? "");
        progress("");
        if (sum.broken <= SHOWN) console.error(broken[0]);
        console.error(`npm run test:faults -- --seed ${seed}`);
      }
      if (performance.now() - told < EVERY_MS) return;
      told = performance.now();
      progress(`${sum.seeds} seeds, ${(sum.seeds / seconds()).toFixed(0)}/s, ${sum.broken} broke a promise`);
    },
  });
  progress("");
  for (const kind of KINDS_OF_FAULTS) console.log(`  ${String(faults.get(kind) ?? 0).padStart(8)}  ${kind}`);
  const never = KINDS_OF_FAULTS.filter((kind) => !faults.has(kind));
  console.log(
    `${sum.seeds} seeds in ${seconds().toFixed(0)} s (${(sum.seeds / seconds()).toFixed(0)}/s): ${sum.runs} runs, ${sum.invocations} invocations; ${sum.broken} broke a promise${never.length > 0 ? `; never happened: ${never.join(", ")}` : ""}`,
  );
  return sum.broken === 0;
}
