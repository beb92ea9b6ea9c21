import type { Chance } from "../random/chance.ts";

/** What can befall one try of a request to a service. */
export const TROUBLES = [
  "throttled",
  "unavailable",
  "not reached",
  "answer lost",
  "failed after all",
  "slow",
] as const;
/** One of {@link TROUBLES}. */
export type Trouble = (typeof TROUBLES)[number];

/** How a service is, over time: calm, with storms in which most requests have trouble. */
export interface Weather {
  /** What befalls the next try. */
  trouble(now: number): Trouble | undefined;
}

/** What makes the weather of one service. */
export interface Climate {
  /** Share of tries that have trouble in calm weather. */
  readonly calm: number;
  /** Share in a storm. */
  readonly storm: number;
  /** How many storms there are. */
  readonly storms: number;
  /** Longest of them. */
  readonly longestMs: number;
  /** The kinds that there are. */
  readonly kinds: readonly Trouble[];
}

/** Weather between two times; none at all afterwards. */
export function createWeather(climate: Climate, from: number, until: number, chance: Chance): Weather {
  const storms = Array.from({ length: climate.storms }, () => {
    const start = chance.between(from, until);
    return { start, end: Math.min(until, start + chance.scaled(50, climate.longestMs)) };
  });
  return {
    trouble(now) {
      if (now >= until || climate.kinds.length === 0) return undefined;
      const isStormy = storms.some(({ start, end }) => start <= now && now < end);
      return chance.often(isStormy ? climate.storm : climate.calm) ? chance.pick(climate.kinds) : undefined;
    },
  };
}
