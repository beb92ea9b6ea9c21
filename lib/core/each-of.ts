import { batchesOf } from "./batches-of.ts";

/** Does work for each of a list, `atOnce` of them at a time; the results in the order of the list. */
export async function eachOf<T, R>(
  all: readonly T[],
  atOnce: number,
  work: (one: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  for (const some of batchesOf(all, atOnce)) {
    const from = results.length;
    results.push(...(await Promise.all(some.map((one, index) => work(one, from + index)))));
  }
  return results;
}
