/** A list in parts of `size` elements, the last one as long as what is left. */
export function batchesOf<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_none, nth) =>
    all.slice(nth * size, (nth + 1) * size),
  );
}
