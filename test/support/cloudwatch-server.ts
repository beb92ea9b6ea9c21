import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A stand-in for CloudWatch on loopback: takes metrics as the embedded metric format writes them, answers GetMetricData and DescribeAlarms. */
export interface CloudWatchServer {
  readonly url: string;
  /** How many queries each request had. */
  readonly asked: readonly number[];
  /** @throws Error for a line that CloudWatch would not take. */
  take(line: string): void;
  stop(): Promise<void>;
}

interface Query {
  readonly Id: string;
  readonly MetricStat?: {
    readonly Metric: {
      readonly Namespace: string;
      readonly MetricName: string;
      readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
    };
    readonly Period: number;
    readonly Stat: string;
  };
  readonly Expression?: string;
  readonly Label?: string;
}

interface Question {
  readonly MetricDataQueries: readonly Query[];
  readonly StartTime: number;
  readonly EndTime: number;
  readonly NextToken?: string;
}

/** A series that is asked for. */
interface Asked {
  readonly id: string;
  readonly label: string;
  readonly key: string;
  readonly period: number;
  readonly stat: string;
}

/** Results of one page of an answer: few, so that there is a second one. */
const PAGE = 3;

/** Starts it on any port; the alarms of these names ring. */
export async function startCloudWatchServer(ringing: readonly string[] = []): Promise<CloudWatchServer> {
  const values = new Map<string, { readonly at: number; readonly value: number }[]>();
  const asked: number[] = [];
  const answer = ({ MetricDataQueries: queries, StartTime, EndTime, NextToken = "0" }: Question) => {
    asked.push(queries.length);
    if (queries.length > 500) throw new Error("at most 500 queries");
    const from = Number(NextToken);
    const series = queries.flatMap((query) => askedBy(query, [...values.keys()]));
    const results = series.slice(from, from + PAGE).map(({ id, label, key, period: Period, stat }) => {
      if (Period % 60 !== 0) throw new Error("a period is a multiple of 60");
      const all = values.get(key) ?? [];
      const periods = new Map<number, number[]>();
      for (const { at, value } of all) {
        const seconds = Math.floor(at / 1000);
        const start = seconds - (seconds % Period);
        if (start < StartTime || start >= EndTime) continue;
        periods.set(start, [...(periods.get(start) ?? []), value]);
      }
      const sorted = [...periods].sort(([one], [other]) => one - other);
      return {
        Id: id,
        Label: label,
        StatusCode: "Complete",
        Timestamps: sorted.map(([at]) => at),
        Values: sorted.map(([, list]) => statistic(list, stat)),
      };
    });
    const next = from + PAGE;
    return { MetricDataResults: results, ...(next < series.length && { NextToken: String(next) }) };
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    response.setHeader("content-type", "application/x-amz-json-1.0");
    try {
      const [, operation] = String(request.headers["x-amz-target"]).split("GraniteServiceVersion20100801.");
      const input = JSON.parse(Buffer.concat(chunks).toString());
      if (operation === "GetMetricData") response.end(JSON.stringify(answer(input)));
      else if (operation === "DescribeAlarms" && input.StateValue === "ALARM") {
        const found = ringing.filter((name) => name.startsWith(input.AlarmNamePrefix));
        response.end(JSON.stringify({ MetricAlarms: found.map((AlarmName) => ({ AlarmName })) }));
      } else throw new Error(`no such operation ${request.headers["x-amz-target"]}`);
    } catch (error) {
      response.statusCode = 400;
      response.end(JSON.stringify({ __type: "InvalidParameterValueException", message: String(error) }));
    }
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    take(line) {
      const record = JSON.parse(line);
      const { Timestamp: at, CloudWatchMetrics: directives } = record._aws;
      for (const { Namespace, Dimensions, Metrics } of directives) {
        if (Metrics.length > 100) throw new Error("at most 100 metrics");
        for (const names of Dimensions) {
          if (names.length > 30) throw new Error("at most 30 dimensions");
          const dimensions = names.map((name: string): [string, string] => {
            if (typeof record[name] !== "string") throw new Error(`the dimension ${name} is no text`);
            return [name, record[name]];
          });
          for (const { Name } of Metrics) {
            const list: unknown[] = [record[Name]].flat();
            if (list.length > 100) throw new Error("at most 100 values");
            if (!list.every((value) => typeof value === "number")) throw new Error(`${Name} is no number`);
            const key = keyOf(Namespace, Name, dimensions);
            const more = list.map((value) => ({ at, value: Number(value) }));
            values.set(key, [...(values.get(key) ?? []), ...more]);
          }
        }
      }
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

const SEARCH = /^SEARCH\('\{(\w+),([\w,]+)\} MetricName="(\w+)" Stage="([\w-]+)"', '(\w+)', (\d+)\)$/;

/** The series that a query names, or that its search finds: those of exactly its dimensions. @throws Error for another expression. */
function askedBy(
  { Id: id, MetricStat, Expression = "", Label = "" }: Query,
  keys: readonly string[],
): Asked[] {
  if (MetricStat) {
    const { Metric, Period: period, Stat: stat } = MetricStat;
    const dimensions = (Metric.Dimensions ?? []).map(({ Name, Value }) => [Name, Value] as const);
    return [{ id, label: "", key: keyOf(Metric.Namespace, Metric.MetricName, dimensions), period, stat }];
  }
  const [, namespace, names = "", metric, stage, stat = "", period] = SEARCH.exec(Expression) ?? [];
  const [, shown] = /^\$\{PROP\('Dim\.(\w+)'\)\}$/.exec(Label) ?? [];
  if (namespace === undefined || shown === undefined) throw new Error(`no such search: ${Expression}`);
  return keys.flatMap((key) => {
    const [space, name, dimensions]: [string, string, [string, string][]] = JSON.parse(key);
    const given = new Map(dimensions);
    const fits = [...given.keys()].sort().join() === names.split(",").sort().join();
    if (space !== namespace || name !== metric || !fits || given.get("Stage") !== stage) return [];
    return [{ id, label: given.get(shown) ?? "", key, period: Number(period), stat }];
  });
}

function keyOf(namespace: string, name: string, dimensions: readonly (readonly [string, string])[]): string {
  return JSON.stringify([namespace, name, [...dimensions].sort()]);
}

function statistic(list: readonly number[], stat: string): number {
  const sorted = [...list].sort((one, other) => one - other);
  const sum = sorted.reduce((all, value) => all + value, 0);
  const part = /^p(\d+)$/.exec(stat)?.[1];
  if (part !== undefined) return sorted[Math.ceil((Number(part) / 100) * sorted.length) - 1] ?? 0;
  const known: { readonly [name: string]: number } = {
    Sum: sum,
    Average: sum / sorted.length,
    Maximum: sorted.at(-1) ?? 0,
  };
  const value = known[stat];
  if (value === undefined) throw new Error(`no statistic ${stat}`);
  return value;
}
