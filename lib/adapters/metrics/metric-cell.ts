import type { Statistic } from "../../core/ports/metric-reader.ts";

/** What is kept of the values of a minute or an hour. */
export interface Cell {
  readonly count: number;
  readonly sum: number;
  readonly max: number;
  /** How many values lie in which step of size; empty where nobody asks for percentiles. */
  readonly sizes: { readonly [step: string]: number };
}

/** Steps grow by 4 %, so that a percentile is at most 2 % off (the idea of DDSketch, Masson et al. 2019). */
const GROWTH = 1.04;

/** The cell with these values in it too. */
export function withValues(cell: Cell | undefined, values: readonly number[], keepSizes: boolean): Cell {
  const sizes: { [step: string]: number } = { ...cell?.sizes };
  for (const value of keepSizes ? values : []) {
    const step = stepOf(value);
    sizes[step] = (sizes[step] ?? 0) + 1;
  }
  return {
    count: (cell?.count ?? 0) + values.length,
    sum: values.reduce((sum, value) => sum + value, cell?.sum ?? 0),
    max: values.reduce((max, value) => Math.max(max, value), cell?.max ?? 0),
    sizes,
  };
}

/** Several cells as one. */
export function merged(cells: readonly Cell[]): Cell {
  const sizes: { [step: string]: number } = {};
  for (const cell of cells)
    for (const [step, count] of Object.entries(cell.sizes)) sizes[step] = (sizes[step] ?? 0) + count;
  return {
    count: cells.reduce((sum, { count }) => sum + count, 0),
    sum: cells.reduce((sum, cell) => sum + cell.sum, 0),
    max: cells.reduce((max, cell) => Math.max(max, cell.max), 0),
    sizes,
  };
}

/** What a cell says; percentiles are at most 2 % off. */
export function statisticOf(cell: Cell, statistic: Statistic): number {
  switch (statistic) {
    case "sum":
      return cell.sum;
    case "average":
      return cell.sum / cell.count;
    case "max":
      return cell.max;
    case "p50":
      return percentile(cell, 0.5);
    case "p99":
      return percentile(cell, 0.99);
  }
}

function percentile({ count, max, sizes }: Cell, part: number): number {
  let left = Math.ceil(part * count);
  for (const step of Object.keys(sizes)
    .map(Number)
    .sort((a, b) => a - b)) {
    left -= sizes[step] ?? 0;
    if (left <= 0) return Math.min(max, GROWTH ** (step + 0.5));
  }
  return max;
}

function stepOf(value: number): number {
  return Math.floor(Math.log(value) / Math.log(GROWTH));
}
