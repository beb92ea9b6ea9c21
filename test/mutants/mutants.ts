import { execFileSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { mutate } from "./mutate.ts";
import { parts } from "./parts.ts";
import { scoreTable, survivorLine, type Tried, totalScore } from "./scores.ts";

const LEAST_PERCENT = 85;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    since: { type: "string" },
    incremental: { type: "boolean", default: false },
    doubt: { type: "boolean", default: false },
    concurrency: { type: "string", default: String(availableParallelism()) },
  },
});

const known = new Set(parts.flatMap(({ theme, files }) => [theme, ...files]));
const unknown = positionals.filter((one) => !known.has(one));
if (unknown.length > 0) {
  console.error(`not mutated: ${unknown.join(", ")}. What can be named:\n  ${[...known].join("\n  ")}`);
  process.exit(1);
}
const changed = values.since
  ? new Set(execFileSync("git", ["diff", "--name-only", values.since], { encoding: "utf8" }).split("\n"))
  : known;
const isMeant = (theme: string, file: string) =>
  changed.has(file) &&
  (positionals.length === 0 || positionals.includes(theme) || positionals.includes(file));
const chosen = parts
  .map((part) => ({ ...part, files: part.files.filter((file) => isMeant(part.theme, file)) }))
  .filter(({ files }) => files.length > 0);

const mutants: Tried[] = [];
for (const part of chosen) {
  console.log(`${part.theme}: ${part.files.join(", ")}`);
  const { doubt, incremental } = values;
  const options = { concurrency: Number(values.concurrency), force: !incremental && !doubt, doubt };
  for (const mutant of await mutate(part, options)) mutants.push({ theme: part.theme, mutant });
}
for (const one of mutants) {
  const line = survivorLine(one);
  if (line) console.log(line);
}
console.log(scoreTable(mutants));
if (totalScore(mutants) < LEAST_PERCENT) process.exitCode = 1;
