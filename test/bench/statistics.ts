/** The value below which a share of the samples lies. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** The middle of the samples. */
export function median(samples: readonly number[]): number {
  return percentile(samples, 0.5);
}

/**
 * Welch's t of two samples, of which what lies above a share of both together is left out: pauses of the machine say
 * nothing about the work. Between samples of one distribution it is hardly ever beyond 4.5, the threshold of
 * https://eprint.iacr.org/2016/1123 (dudect).
 */
export function welchT(one: readonly number[], other: readonly number[], share: number): number {
  const limit = percentile([...one, ...other], share);
  const [a, b] = [one, other].map((samples) => momentsOf(samples.filter((value) => value <= limit)));
  if (!a || !b) return Number.NaN;
  return (a.mean - b.mean) / Math.sqrt(a.variance / a.count + b.variance / b.count);
}

interface Moments {
  readonly count: number;
  readonly mean: number;
  readonly variance: number;
}

function momentsOf(samples: readonly number[]): Moments {
  const count = samples.length;
  const mean = samples.reduce((sum, value) => sum + value, 0) / count;
  const variance = samples.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  return { count, mean, variance };
}
