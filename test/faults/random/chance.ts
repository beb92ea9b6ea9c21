import { seededRandom } from "../../../lib/testing/seeded-random.ts";

/** Choices that are the same for the same seed. */
export interface Chance {
  /** True with a probability in [0, 1]. */
  often(probability: number): boolean;
  /** A whole number from 0 to `most`. */
  upTo(most: number): number;
  pick<T>(all: readonly T[]): T;
  /** One of the names, each as probable as its weight says. */
  weighted<Name extends string>(weights: { readonly [name in Name]: number }): Name;
  /** As many as the number says. */
  several<T>(count: number, make: (index: number) => T): T[];
}

/** The choices of a seed. */
export function chanceOf(seed: number): Chance {
  const { next } = seededRandom(seed);
  const chance: Chance = {
    often: (probability) => next() < probability,
    upTo: (most) => Math.floor(next() * (most + 1)),
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
  };
  return chance;
}
