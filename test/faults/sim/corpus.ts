import { readFileSync, writeFileSync } from "node:fs";
import { GENERATOR } from "./plan.ts";

/** A seed that once broke a promise. */
export interface CorpusEntry {
  readonly seed: number;
  /** Version of what makes worlds of seeds: under another one the seed means another world. */
  readonly generator: number;
  readonly broke: string;
}

const FILE = new URL("./corpus.json", import.meta.url);
const LONGEST_NOTE = 300;

/** Every seed that is kept. */
export function readCorpus(): readonly CorpusEntry[] {
  return JSON.parse(readFileSync(FILE, "utf8")) as CorpusEntry[];
}

/** Keeps a seed with what it broke, unless it is kept already. */
export function addToCorpus(seed: number, broke: string): void {
  const all = readCorpus();
  if (all.some((one) => one.seed === seed && one.generator === GENERATOR)) return;
  const entry: CorpusEntry = { seed, generator: GENERATOR, broke: broke.slice(0, LONGEST_NOTE) };
  writeFileSync(FILE, `${JSON.stringify([...all, entry], undefined, 2)}\n`);
}
