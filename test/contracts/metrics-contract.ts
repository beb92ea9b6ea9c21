import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { MetricReader, MetricWindow } from "../../lib/core/ports/metric-reader.ts";
import type { Metrics } from "../../lib/core/ports/metrics.ts";

/** Metrics that are counted at a time of the suite's choosing, and read again. */
export interface MetricsUnderTest {
  readonly metrics: Metrics;
  readonly reader: MetricReader;
  /** The time at which things are counted from now on, milliseconds since the epoch. */
  at(time: number): void;
  close(): Promise<void>;
}

const HOUR = 3_600_000;
const START = Date.UTC(2026, 10, 28, 10);
const window = (from: number, to: number, periodSeconds: number): MetricWindow => ({
  from,
  to,
  periodSeconds,
});

/** What reading owes to counting. */
export function metricsContract(name: string, open: () => Promise<MetricsUnderTest>): void {
  describe(name, () => {
    let stage: MetricsUnderTest;
    const labels = { Workflow: "orders" };

    beforeAll(async () => {
      stage = await open();
      const { metrics } = stage;
      stage.at(START + 5_000);
      metrics.add("RunsSucceeded", 1, labels);
      metrics.add("RunsSucceeded", 1, labels);
      metrics.add("RunsSucceeded", 1, { Workflow: "others" });
      metrics.add("ModelCost", 0.0125, labels);
      for (let ms = 1; ms <= 250; ms += 1) metrics.add("RunDuration", ms * 10, labels);
      for (const [n, Model] of ["gpt-4.1-mini", "claude-sonnet-4-5", "other", "gpt-4.1"].entries())
        metrics.add("ModelInputTokens", 10 ** n, { ...labels, Model });
      metrics.add("Answers2xx", 1);
      metrics.add("StepFailures", 1, { ...labels, StepType: "http_call", ErrorClass: "timeout" });
      stage.at(START + 65_000);
      metrics.add("RunsSucceeded", 1, labels);
      metrics.add("ModelCost", 0.5, labels);
      metrics.add("RunsFailed", Number.NaN, labels);
      metrics.add("RunsFailed", 0, labels);
      metrics.add("ModelInputTokens", 5, { Workflow: "others", Model: "gpt-4.1-mini" });
      stage.at(START + HOUR);
      metrics.add("RunsSucceeded", 4, labels);
      metrics.add("ModelInputTokens", 7, { ...labels, Model: "late" });
    });
    afterAll(() => stage.close());

    test("counts add up by period, oldest first, and for the stage as a whole", async () => {
      const [orders, whole] = await stage.reader.series(
        [
          { metric: "RunsSucceeded", statistic: "sum", labels },
          { metric: "RunsSucceeded", statistic: "sum" },
        ],
        window(START, START + 2 * HOUR, 60),
      );
      expect(orders).toEqual([
        { at: START, value: 2 },
        { at: START + 60_000, value: 1 },
        { at: START + HOUR, value: 4 },
      ]);
      expect(whole?.[0]).toEqual({ at: START, value: 3 });
    });

    test("longer periods hold what the shorter ones do", async () => {
      const query = { metric: "RunsSucceeded", statistic: "sum", labels } as const;
      expect(await stage.reader.series([query], window(START, START + HOUR, 300))).toEqual([
        [{ at: START, value: 3 }],
      ]);
      const day = Date.UTC(2026, 10, 28);
      expect(await stage.reader.series([query], window(START, START + HOUR, 86_400))).toEqual([
        [{ at: day, value: 7 }],
      ]);
    });

    test("the end of a window is not in it, and it begins with the whole period", async () => {
      const query = { metric: "RunsSucceeded", statistic: "sum", labels } as const;
      expect(await stage.reader.series([query], window(START + 30_000, START + 60_000, 60))).toEqual([
        [{ at: START, value: 2 }],
      ]);
    });

    test("money adds up to the cent's fraction", async () => {
      const query = { metric: "ModelCost", statistic: "sum" } as const;
      const [points] = await stage.reader.series([query], window(START, START + HOUR, 3600));
      expect(points?.[0]?.value).toBeCloseTo(0.5125, 10);
    });

    test("times have average, maximum and percentiles, these to 2 %", async () => {
      const statistics = ["average", "max", "p50", "p99", "sum"] as const;
      const series = await stage.reader.series(
        statistics.map((statistic) => ({ metric: "RunDuration" as const, statistic, labels })),
        window(START, START + HOUR, 60),
      );
      const [average, max, p50, p99, sum] = series.map((points) => points[0]?.value ?? 0);
      expect([average, max, sum]).toEqual([1255, 2500, 313_750]);
      expect(Math.abs((p50 ?? 0) / 1250 - 1)).toBeLessThan(0.02);
      expect(Math.abs((p99 ?? 0) / 2480 - 1)).toBeLessThan(0.02);
    });

    test("failures are told apart by step type and class", async () => {
      const class_ = (ErrorClass: string) => ({
        metric: "StepFailures" as const,
        statistic: "sum" as const,
        labels: { ErrorClass, StepType: "http_call", ...labels },
      });
      const series = await stage.reader.series(
        [class_("timeout"), class_("refused")],
        window(START, START + HOUR, 3600),
      );
      expect(series.map((points) => points.map(({ value }) => value))).toEqual([[1], []]);
    });

    test("the values of a label are found by what was counted under them in the time", async () => {
      const query = { metric: "ModelInputTokens", statistic: "sum", label: "Model" } as const;
      const found = await stage.reader.labelled(query, window(START, START + HOUR, 60));
      expect(
        Object.fromEntries([...found].map(([name, points]) => [name, points.map(({ value }) => value)])),
      ).toEqual({
        "gpt-4.1-mini": [1, 5],
        "claude-sonnet-4-5": [10],
        other: [100],
        "gpt-4.1": [1000],
      });
      const [all] = await stage.reader.series(
        [{ metric: "ModelInputTokens", statistic: "sum", labels }],
        window(START, START + HOUR, 3600),
      );
      expect(all).toEqual([{ at: START, value: 1111 }]);
      expect(
        await stage.reader.labelled({ ...query, metric: "ModelCost" }, window(START, START + HOUR, 60)),
      ).toEqual(new Map());
    });

    test("what is no number above 0 counts nothing, and what is not there has no points", async () => {
      const series = await stage.reader.series(
        [
          { metric: "RunsFailed", statistic: "sum" },
          { metric: "RunsSucceeded", statistic: "sum", labels: { Workflow: "nobody" } },
        ],
        window(START, START + HOUR, 60),
      );
      expect(series).toEqual([[], []]);
    });

    test("a thousand series are read at once, each in its place", async () => {
      const queries = Array.from({ length: 1_000 }, (_none, nth) => ({
        metric: "RunsSucceeded" as const,
        statistic: "sum" as const,
        labels: { Workflow: nth === 777 ? "others" : `none-${nth}` },
      }));
      const series = await stage.reader.series(queries, window(START, START + HOUR, 3600));
      expect(series.flatMap((points, nth) => points.map(({ value }) => [nth, value]))).toEqual([[777, 1]]);
    });
  });
}
