import type { MetricName } from "../core/metric-catalog.ts";
import type {
  MetricPoint,
  MetricQuery,
  MetricReader,
  MetricWindow,
  Statistic,
} from "../core/ports/metric-reader.ts";

/** What happened in a time, in numbers. Money in US dollars, times in milliseconds. */
export interface OverviewNumbers {
  readonly accepted: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly dropped: number;
  readonly cancelled: number;
  readonly refused: number;
  readonly deadLettered: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly spentUsd: number;
  readonly savedUsd: number;
}

/** A period of an overview. */
export interface OverviewBucket extends OverviewNumbers {
  /** When it begins, milliseconds since the epoch. */
  readonly at: number;
  /** Of the runs that ended in it: time at work; absent where none did. */
  readonly p50Ms?: number;
  readonly p99Ms?: number;
}

/** A workflow's numbers, or the whole stage's. */
export interface OverviewPart {
  /** Every period of the time, also those without anything, oldest first. */
  readonly buckets: readonly OverviewBucket[];
  readonly total: OverviewNumbers & {
    /** Average and longest time at work of the runs that ended; absent where none did. */
    readonly averageMs?: number;
    readonly longestMs?: number;
  };
}

/** What happened in a stage. */
export interface Overview {
  readonly window: MetricWindow;
  readonly stage: OverviewPart;
  readonly workflows: readonly (OverviewPart & { readonly name: string })[];
}

const SUMS: { readonly [name in keyof OverviewNumbers]: MetricName } = {
  accepted: "RunsAccepted",
  succeeded: "RunsSucceeded",
  failed: "RunsFailed",
  dropped: "RunsDropped",
  cancelled: "RunsCancelled",
  refused: "DeliveriesRefused",
  deadLettered: "DeadLettered",
  inputTokens: "ModelInputTokens",
  outputTokens: "ModelOutputTokens",
  spentUsd: "ModelCost",
  savedUsd: "CostSaved",
};
const NAMES = Object.keys(SUMS) as (keyof OverviewNumbers)[];
const TIMES: readonly Statistic[] = ["p50", "p99", "max", "sum"];
const PER_PART = NAMES.length + TIMES.length;

/** A window of whole periods that ends with the one under way: `spanMs` of at most 120 periods, coarser the longer it is. */
export function windowUntil(now: number, spanMs: number): MetricWindow {
  const periodSeconds =
    [60, 300, 900, 3600, 21_600, 86_400].find((seconds) => spanMs / 1000 / seconds <= 120) ?? 604_800;
  const period = periodSeconds * 1000;
  const to = now - (now % period) + period;
  return { from: to - Math.ceil(spanMs / period) * period, to, periodSeconds };
}

/**
 * Reads the numbers of a stage and of these workflows: 15 series for each, so that CloudWatch, which bills series, is asked once.
 * @throws FlowError when the metrics cannot be reached.
 */
export async function readOverview(
  reader: MetricReader,
  workflows: readonly string[],
  window: MetricWindow,
): Promise<Overview> {
  const queries = [queriesFor(), ...workflows.map(queriesFor)].flat();
  const series = await reader.series(queries, window);
  const part = (nth: number) => partOf(series.slice(nth * PER_PART, (nth + 1) * PER_PART), window);
  return {
    window,
    stage: part(0),
    workflows: workflows.map((name, index) => ({ name, ...part(index + 1) })),
  };
}

function queriesFor(workflow?: string): readonly MetricQuery[] {
  const labels = workflow === undefined ? {} : { labels: { Workflow: workflow } };
  return [
    ...NAMES.map((name) => ({ metric: SUMS[name], statistic: "sum" as const, ...labels })),
    ...TIMES.map((statistic) => ({ metric: "RunDuration" as const, statistic, ...labels })),
  ];
}

function partOf(series: readonly (readonly MetricPoint[])[], window: MetricWindow): OverviewPart {
  const byTime = series.map((points) => new Map(points.map(({ at, value }) => [at, value])));
  const [p50, p99] = byTime.slice(NAMES.length);
  const buckets = periodsOf(window).map((at): OverviewBucket => {
    const p50Ms = p50?.get(at);
    const p99Ms = p99?.get(at);
    return {
      at,
      ...numbers((nth) => byTime[nth]?.get(at) ?? 0),
      ...(p50Ms !== undefined && { p50Ms }),
      ...(p99Ms !== undefined && { p99Ms }),
    };
  });
  const values = (nth: number) => (series[nth] ?? []).map(({ value }) => value);
  const sum = (nth: number) => values(nth).reduce((all, value) => all + value, 0);
  const total = numbers(sum);
  const ended = total.succeeded + total.failed + total.dropped + total.cancelled;
  const longest = values(NAMES.length + TIMES.indexOf("max"));
  const spentMs = sum(NAMES.length + TIMES.indexOf("sum"));
  return {
    buckets,
    total: {
      ...total,
      ...(ended > 0 && longest.length > 0 && { averageMs: spentMs / ended, longestMs: Math.max(...longest) }),
    },
  };
}

function numbers(nthValue: (nth: number) => number): OverviewNumbers {
  return Object.fromEntries(NAMES.map((name, nth) => [name, nthValue(nth)])) as unknown as OverviewNumbers;
}

function periodsOf({ from, to, periodSeconds }: MetricWindow): readonly number[] {
  const period = periodSeconds * 1000;
  const first = from - (from % period);
  return Array.from({ length: Math.ceil((to - first) / period) }, (_none, nth) => first + nth * period);
}
