import { seededRandom } from "../../../lib/testing/seeded-random.ts";

/** Choices that are the same for the same seed. */
export interface Chance {
  /** True with a probability in [0, 1]. */
  often(probability: number): boolean;
  /** Uniform in [0, 1). */
  fraction(): number;
  /** A whole number from 0 to `most`. */
  upTo(most: number): number;
  /** A whole number, both ends included. */
  between(least: number, most: number): number;
  /** A whole number spread evenly over orders of magnitude: small ones are as frequent as large ones. */
  scaled(least: number, most: number): number;
  pick<T>(all: readonly T[]): T;
  /** One of the names, each as probable as its weight says. */
  weighted<Name extends string>(weights: { readonly [name in Name]: number }): Name;
  /** As many as the number says. */
  several<T>(count: number, make: (index: number) => T): T[];
  shuffled<T>(all: readonly T[]): T[];
}

/** The choices of a seed. */
export function chanceOf(seed: number): Chance {
  const { next } = seededRandom(seed);
  const chance: Chance = {
    often: (probability) => next() < probability,
    fraction: next,
    upTo: (most) => Math.floor(next() * (most + 1)),
    between: (least, most) => least + chance.upTo(most - least),
    scaled: (least, most) => Math.round(least * (most / least) ** next()),
    pick(all) {
      if (all.length === 0) throw new Error("nothing to pick from");
      return all[chance.upTo(all.length - 1)] as (typeof all)[number];
    },
    weighted(weights) {
      const entries = Object.entries<number>(weights) as [keyof typeof weights, number][];
      let left = next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
      const found = entries.find(([, weight]) => {
        left -= weight;
        return left < 0;
      });
      return (found ?? (entries[0] as [keyof typeof weights, number]))[0];
    },
    several: (count, make) => Array.from({ length: count }, (_none, index) => make(index)),
    shuffled(all) {
      const rest = [...all];
      return all.map(() => rest.splice(chance.upTo(rest.length - 1), 1)[0] as (typeof all)[number]);
    },
  };
  return chance;
}
