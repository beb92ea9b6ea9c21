import {
  METRIC_NAMESPACE,
  type MetricFacts,
  type MetricName,
  type MetricUnit,
  metricFacts,
} from "../../core/metric-catalog.ts";
import type { MetricLabels, Metrics } from "../../core/ports/metrics.ts";

/** How metrics are written. */
export interface EmfOptions {
  readonly stage: string;
  /** Goes on each line, so that Lambda's filter lets it through: a line without a level counts as INFO. */
  readonly level: string;
  /** Default: the system's clock. */
  readonly now?: () => number;
  /** Takes one line, without its line break; default: standard output. */
  readonly write?: (line: string) => void;
}

/** Most values that a metric of one line may have (CloudWatch, "Embedded metric format specification"). */
const MOST_VALUES = 100;
const MINUTE_MS = 60_000;

const UNITS: { readonly [unit in MetricUnit]: string } = {
  Count: "Count",
  Milliseconds: "Milliseconds",
  Dollars: "None",
};

interface Group {
  readonly at: number;
  readonly labels: MetricLabels;
  readonly values: Map<MetricName, number[]>;
}

/**
 * Metrics in CloudWatch's embedded metric format: collected until `flush`, which writes a JSON line for each minute and each set
 * of labels. Counts and money are added up, times stay apart.
 */
export function createEmfMetrics({
  stage,
  level,
  now = Date.now,
  write = toStandardOutput,
}: EmfOptions): Metrics & { flush(): void } {
  let groups = new Map<string, Group>();

  const groupOf = (labels: MetricLabels): Group => {
    const at = now();
    const key = `${Math.floor(at / MINUTE_MS)} ${JSON.stringify(labels)}`;
    const known = groups.get(key);
    if (known) return known;
    const group = { at, labels, values: new Map() };
    groups.set(key, group);
    return group;
  };

  return {
    add(metric, value, labels = {}) {
      if (!Number.isFinite(value) || value <= 0) return;
      const { values } = groupOf(isOfStage(metric) ? {} : labels);
      const earlier = values.get(metric);
      if (!earlier) values.set(metric, [value]);
      else if (metricFacts(metric).unit === "Milliseconds") earlier.push(value);
      else earlier[0] = (earlier[0] ?? 0) + value;
    },
    flush() {
      const written = [...groups.values()];
      groups = new Map();
      for (const group of withoutLone(written)) {
        try {
          for (const line of linesOf(group, stage, level)) write(JSON.stringify(line));
        } catch {
          // What is not counted is lost; the work that it counts is not.
        }
      }
    },
  };
}

/** What counts for the stage as a whole goes along on a line of a workflow: every line is billed. */
function withoutLone(groups: readonly Group[]): readonly Group[] {
  const lone = groups.find(({ values }) => [...values.keys()].every(isOfStage));
  const host = groups.find((group) => group !== lone && isSameMinute(group, lone));
  if (!lone || !host) return groups;
  const both = { ...host, values: new Map([...host.values, ...lone.values]) };
  return [both, ...groups.filter((group) => group !== lone && group !== host)];
}

function isOfStage(name: MetricName): boolean {
  return metricFacts(name).by.every((set) => set.length === 0);
}

function isSameMinute({ at }: Group, other: Group | undefined): boolean {
  return other !== undefined && Math.floor(at / MINUTE_MS) === Math.floor(other.at / MINUTE_MS);
}

function* linesOf({ at, labels, values }: Group, stage: string, level: string): Generator<object> {
  let left = [...values];
  while (left.length > 0) {
    const now = left.map(([name, list]) => [name, list.slice(0, MOST_VALUES)] as const);
    left = left.flatMap(([name, list]) =>
      list.length > MOST_VALUES ? [[name, list.slice(MOST_VALUES)] as [MetricName, number[]]] : [],
    );
    yield {
      level,
      timestamp: new Date(at).toISOString(),
      _aws: {
        Timestamp: at,
        CloudWatchMetrics: directivesOf(
          now.map(([name]) => name),
          labels,
        ),
      },
      Stage: stage,
      ...labels,
      ...Object.fromEntries(now.map(([name, list]) => [name, list.length === 1 ? list[0] : list])),
    };
  }
}

/** One for each way in which the metrics are told apart. */
function directivesOf(names: readonly MetricName[], labels: MetricLabels): readonly object[] {
  const ways = new Map<MetricFacts["by"], MetricName[]>();
  for (const name of names) {
    const { by } = metricFacts(name);
    ways.set(by, [...(ways.get(by) ?? []), name]);
  }
  return [...ways].map(([by, same]) => ({
    Namespace: METRIC_NAMESPACE,
    Dimensions: by
      .filter((set) => set.every((label) => labels[label] !== undefined))
      .map((set) => ["Stage", ...set]),
    Metrics: same.map((name) => ({ Name: name, Unit: UNITS[metricFacts(name).unit] })),
  }));
}

function toStandardOutput(line: string): void {
  process.stdout.write(`${line}\n`);
}
