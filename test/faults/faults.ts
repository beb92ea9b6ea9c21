import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { explainSeed } from "./sim/explain-seed.ts";
import { LIMITED_WORLDS } from "./sim/plan.ts";
import { simulate } from "./sim/simulate.ts";
import { tryBreaks } from "./sim/try-breaks.ts";

const { values } = parseArgs({
  options: {
    /** Plays this one seed and tells everything that happens. */
    seed: { type: "string" },
    /** With `--seed`: leaves out what the promise is broken without. */
    shrink: { type: "boolean", default: false },
    /** The first of the seeds; default: another one each time. */
    from: { type: "string", default: String(Math.floor(Date.now() / 1000) % 1_000_000_000) },
    seeds: { type: "string" },
    minutes: { type: "string" },
    hours: { type: "string" },
    /** Breaks a copy of the product in known ways instead, and counts the seeds until one tells. */
    breaks: { type: "boolean", default: false },
    threads: { type: "string", default: String(availableParallelism()) },
  },
});

// What else belongs to the suite that takes too long for `npm test`, by the files that do it.
const OTHERS: readonly (readonly string[])[] = [
  ["test/faults/random/explore.ts", "--seeds", "3000", "--faults", "1"],
];

if (values.breaks) process.exitCode = tryBreaks(Number(values.from), Number(values.seeds ?? 2_000)) ? 0 : 1;
else if (values.seed !== undefined) process.exitCode = await explainSeed(Number(values.seed), values.shrink);
else {
  const minutes = Number(values.minutes ?? 0) + 60 * Number(values.hours ?? 0);
  const [from, threads] = [Number(values.from), Number(values.threads)];
  const count = Number(values.seeds ?? (minutes > 0 ? Number.MAX_SAFE_INTEGER : 10_000));
  const until = minutes > 0 ? Date.now() + minutes * 60_000 : Number.POSITIVE_INFINITY;
  const isWell = await simulate({ from, count, until, threads });
  // A tenth as many of the other kind, where neither the time nor the kind was chosen.
  const isMixed = minutes === 0 && from < LIMITED_WORLDS;
  const limited = { from: LIMITED_WORLDS + from, count: Math.ceil(count / 10), until, threads };
  const isLimitedWell = !isMixed || (await simulate(limited));
  const others = OTHERS.map((args) => spawnSync(process.execPath, [...args], { stdio: "inherit" }));
  process.exitCode = isWell && isLimitedWell && others.every(({ status }) => status === 0) ? 0 : 1;
}
