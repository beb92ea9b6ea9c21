import { METRICS, type MetricName, metricFacts } from "../../core/metric-catalog.ts";
import type { MetricQuery, MetricReader, MetricWindow } from "../../core/ports/metric-reader.ts";
import type { MetricLabels } from "../../core/ports/metrics.ts";
import { type Cell, merged, statisticOf, withValues } from "./metric-cell.ts";

/** The cells of one hour by minute, or of one day by hour: by series, then by when they begin, in seconds since the epoch. */
export interface Page {
  [series: string]: { [at: string]: Cell };
}

/** How finely a page is divided. Times in seconds. */
interface Grain {
  readonly name: "minutes" | "hours";
  readonly cell: number;
  readonly page: number;
}

const MINUTES: Grain = { name: "minutes", cell: 60, page: 3600 };
const HOURS: Grain = { name: "hours", cell: 3600, page: 86_400 };
const GRAINS = [MINUTES, HOURS];

/** What of a log record makes it one of the embedded metric format. */
interface EmfRecord {
  readonly [key: string]: unknown;
  readonly _aws: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
}

/** True for a record of the embedded metric format. */
export function isEmfRecord(record: { readonly [key: string]: unknown }): record is EmfRecord {
  const { _aws: facts } = record;
  return typeof facts === "object" && facts !== null && "CloudWatchMetrics" in facts && "Timestamp" in facts;
}

/** Adds a record's values to the pages that its time is on, each for every way in which it is told apart, as CloudWatch does. */
export function foldRecord(record: EmfRecord, pageOf: (name: string) => Page): void {
  const seconds = Math.floor(record._aws.Timestamp / 1000);
  for (const { Dimensions, Metrics } of record._aws.CloudWatchMetrics) {
    for (const { Name } of Metrics.filter(({ Name: name }) => name in METRICS)) {
      const given = record[Name];
      const values = (Array.isArray(given) ? given : [given]).map(Number);
      for (const names of Dimensions) {
        const labels = names.filter((name) => name !== "Stage").map((name) => [name, String(record[name])]);
        const series = seriesOf(Name as MetricName, Object.fromEntries(labels));
        const keepSizes = metricFacts(Name as MetricName).unit === "Milliseconds";
        for (const grain of GRAINS) {
          const at = String(seconds - (seconds % grain.cell));
          const page = pageOf(pageName(grain, seconds));
          page[series] ??= {};
          page[series][at] = withValues(page[series][at], values, keepSizes);
        }
      }
    }
  }
}

/** Reads series out of pages. */
export function createPageReader(load: (name: string) => Page | undefined): MetricReader {
  return {
    async series(queries, window) {
      const pages = pagesOf(load, window);
      return queries.map((query) => pointsOf(query, window, pages));
    },
    async labelled({ label, ...query }, window) {
      const pages = pagesOf(load, window);
      const prefix = `${query.metric} ${label}=`;
      const names = pages.flatMap(Object.keys).filter((name) => name.startsWith(prefix));
      const values = [...new Set(names)].sort().map((name) => name.slice(prefix.length));
      const points = values.map(
        (value) => [value, pointsOf({ ...query, labels: { [label]: value } }, window, pages)] as const,
      );
      return new Map(points.filter(([, list]) => list.length > 0));
    },
  };
}

function pagesOf(load: (name: string) => Page | undefined, window: MetricWindow): readonly Page[] {
  const grain = window.periodSeconds % HOURS.cell === 0 ? HOURS : MINUTES;
  return pageNames(grain, window).map((name) => load(name) ?? {});
}

/** Names of the pages that are kept at a time: minutes for a day, hours for a year. */
export function isKept(name: string, now: number): boolean {
  const [grain, from = ""] = name.split("/");
  const days = grain === MINUTES.name ? 1 : 365;
  // Of the hour or the day in which the time ends, too.
  const longest = days * 86_400_000 + (grain === MINUTES.name ? MINUTES.page : HOURS.page) * 1000;
  return Number(from) * 1000 > now - longest;
}

/** The folders in which pages lie. */
export const PAGE_FOLDERS = GRAINS.map(({ name }) => name);

function pointsOf(
  { metric, statistic, labels = {} }: MetricQuery,
  window: MetricWindow,
  pages: readonly Page[],
) {
  const series = seriesOf(metric, labels);
  const periods = new Map<number, Cell[]>();
  for (const page of pages) {
    for (const [at, cell] of Object.entries(page[series] ?? {})) {
      const start = periodStart(Number(at) * 1000, window);
      if (start < periodStart(window.from, window) || start >= window.to) continue;
      const cells = periods.get(start);
      if (cells) cells.push(cell);
      else periods.set(start, [cell]);
    }
  }
  return [...periods]
    .sort(([one], [other]) => one - other)
    .map(([at, cells]) => ({ at, value: statisticOf(merged(cells), statistic) }));
}

function periodStart(at: number, { periodSeconds }: MetricWindow): number {
  return at - (at % (periodSeconds * 1000));
}

function seriesOf(metric: MetricName, labels: MetricLabels): string {
  const parts = Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1));
  return [metric, ...parts.map(([name, value]) => `${name}=${value}`)].join(" ");
}

function pageName({ name, page }: Grain, seconds: number): string {
  return `${name}/${seconds - (seconds % page)}`;
}

function pageNames(grain: Grain, window: MetricWindow): readonly string[] {
  const names: string[] = [];
  const first = Math.floor(periodStart(window.from, window) / 1000);
  for (let at = first - (first % grain.page); at * 1000 < window.to; at += grain.page)
    names.push(pageName(grain, at));
  return names;
}
