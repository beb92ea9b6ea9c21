import type { Cache, CachedResult } from "../core/ports/cache.ts";

/** A step of this process that looks for a cached result or computes it; others of this process follow it. */
export interface Flight {
  /** Whose it is, as the cache knows it. */
  readonly owner: string;
  /** Nobody follows it any longer than this, milliseconds since the epoch: its owner may never come back. */
  readonly until: number;
  /** Aborts when it is over. */
  readonly ended: AbortSignal;
  /** What it found, once it has ended; undefined: nothing to share. */
  result?: CachedResult;
}

const flights = new WeakMap<Cache, Map<string, Flight>>();

/** The flight that is under way for a key. */
export function flightOf(cache: Cache, key: string): Flight | undefined {
  return flights.get(cache)?.get(key);
}

/** Does work as the flight for a key, which ends with it. */
export async function asFlight<T>(
  cache: Cache,
  key: string,
  { owner, until }: Pick<Flight, "owner" | "until">,
  work: (flight: Flight) => Promise<T>,
): Promise<T> {
  const ofCache = flights.get(cache) ?? new Map<string, Flight>();
  flights.set(cache, ofCache);
  const end = new AbortController();
  const flight: Flight = { owner, until, ended: end.signal };
  ofCache.set(key, flight);
  try {
    return await work(flight);
  } finally {
    if (ofCache.get(key) === flight) ofCache.delete(key);
    end.abort();
  }
}
