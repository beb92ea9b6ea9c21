/** Does work for each of a list, `atOnce` of them at a time; the results in the order of the list. */
export async function eachOf<T, R>(
  all: readonly T[],
  atOnce: number,
  work: (one: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < all.length; at += atOnce) {
    const some = all.slice(at, at + atOnce);
    results.push(...(await Promise.all(some.map((one, index) => work(one, at + index)))));
  }
  return results;
}
