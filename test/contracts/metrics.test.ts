import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { afterAll, describe, expect, test } from "@jest/globals";
import { createCloudWatchMetrics } from "../../lib/adapters/metrics/cloudwatch-metrics.ts";
import { createEmfMetrics } from "../../lib/adapters/metrics/emf-metrics.ts";
import { createMemoryMetrics } from "../../lib/adapters/metrics/memory-metrics.ts";
import { createFileMetricReader, createMetricFiles } from "../../lib/adapters/metrics/metric-files.ts";
import { METRICS, type MetricName } from "../../lib/core/metric-catalog.ts";
import { startCloudWatchServer } from "../support/cloudwatch-server.ts";
import { type MetricsUnderTest, metricsContract } from "./metrics-contract.ts";

const folders: string[] = [];
const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), "hookline-metrics-"));
  folders.push(folder);
  return folder;
};
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function emfTo(write: (line: string) => void, at: { now: number }) {
  return createEmfMetrics({ stage: "test", level: "WARN", now: () => at.now, write });
}

metricsContract("metrics in memory", async () => {
  const at = { now: 0 };
  const metrics = createMemoryMetrics(() => at.now);
  return {
    metrics,
    reader: metrics,
    at(time) {
      at.now = time;
    },
    close: async () => {},
  };
});

metricsContract("metrics in files, by a stack that is started anew again and again", async () => {
  const at = { now: 0 };
  const folder = newFolder();
  let written = Promise.resolve();
  const keep = async (line: string) => {
    const files = createMetricFiles(folder, () => at.now);
    files.take(JSON.parse(line));
    await files.flush();
  };
  const emf = emfTo((line) => {
    written = written.then(() => keep(line));
  }, at);
  return {
    metrics: emf,
    reader: {
      async series(queries, window) {
        emf.flush();
        await written;
        return createFileMetricReader(folder).series(queries, window);
      },
      labelled(query, window) {
        emf.flush();
        return createFileMetricReader(folder).labelled(query, window);
      },
    },
    at(time) {
      at.now = time;
    },
    close: async () => {},
  };
});

metricsContract("CloudWatch", async (): Promise<MetricsUnderTest> => {
  const at = { now: 0 };
  const server = await startCloudWatchServer();
  const client = new CloudWatchClient({
    endpoint: server.url,
    region: "eu-west-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  const emf = emfTo(server.take, at);
  const reader = createCloudWatchMetrics(client, "test");
  return {
    metrics: emf,
    reader: {
      series(queries, window) {
        emf.flush();
        return reader.series(queries, window);
      },
      labelled(query, window) {
        emf.flush();
        return reader.labelled(query, window);
      },
    },
    at(time) {
      at.now = time;
    },
    async close() {
      expect(Math.max(...server.asked)).toBe(500);
      client.destroy();
      await server.stop();
    },
  };
});

describe("a line of the embedded metric format", () => {
  const written = (count: (emf: ReturnType<typeof createEmfMetrics>) => void) => {
    const lines: string[] = [];
    const emf = emfTo((line) => lines.push(line), { now: Date.UTC(2026, 0, 1) });
    count(emf);
    emf.flush();
    emf.flush();
    return lines.map((line) => JSON.parse(line));
  };

  test("has what CloudWatch asks for, and a level that Lambda's filter lets through", () => {
    const [line] = written((emf) => emf.add("RunsFailed", 1, { Workflow: "orders" }));
    expect(line).toEqual({
      level: "WARN",
      timestamp: "2026-01-01T00:00:00.000Z",
      _aws: {
        Timestamp: Date.UTC(2026, 0, 1),
        CloudWatchMetrics: [
          {
            Namespace: "Hookline",
            Dimensions: [["Stage"], ["Stage", "Workflow"]],
            Metrics: [{ Name: "RunsFailed", Unit: "Count" }],
          },
        ],
      },
      Stage: "test",
      Workflow: "orders",
      RunsFailed: 1,
    });
  });

  test("is one for all that happened to a workflow, with what counts for the stage", () => {
    const lines = written((emf) => {
      emf.add("Answers2xx", 1);
      emf.add("IngestLatency", 12);
      emf.add("RunsAccepted", 1, { Workflow: "orders" });
    });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ Answers2xx: 1, IngestLatency: 12, RunsAccepted: 1 });
    expect(lines[0]._aws.CloudWatchMetrics[1].Dimensions).toEqual([["Stage"]]);
  });

  test("says of no dimension that it is missing", () => {
    const [line] = written((emf) => emf.add("DeadLettered", 1));
    expect(line._aws.CloudWatchMetrics[0].Dimensions).toEqual([["Stage"]]);
  });

  test("has at most 100 values of a metric", () => {
    const lines = written((emf) => {
      for (let nth = 0; nth < 250; nth += 1) emf.add("RunDuration", 1);
    });
    expect(lines.map(({ RunDuration }) => RunDuration.length)).toEqual([100, 100, 50]);
  });

  test("fails nobody when it cannot be written", () => {
    const emf = emfTo(
      () => {
        throw new Error("standard output is closed");
      },
      { now: 0 },
    );
    emf.add("RunsFailed", 1);
    expect(() => emf.flush()).not.toThrow();
  });
});

test("all metrics of a workflow fit on one line of CloudWatch's format", () => {
  const names = Object.keys(METRICS) as MetricName[];
  expect(names.length).toBeLessThanOrEqual(100);
});

describe("files of metrics", () => {
  const DAY = 86_400_000;

  test("are kept for a day by minute and for a year by hour", async () => {
    const folder = newFolder();
    const at = { now: 1_000 * DAY };
    const start = at.now;
    const files = createMetricFiles(folder, () => at.now);
    const emf = emfTo((line) => files.take(JSON.parse(line)), at);
    const count = async () => {
      emf.add("RunsFailed", 1);
      emf.flush();
      await files.flush();
      return ["minutes", "hours"].map((name) => readdirSync(join(folder, name)).length);
    };
    expect(await count()).toEqual([1, 1]);
    at.now = start + DAY;
    expect(await count()).toEqual([2, 2]);
    at.now = start + 2 * DAY;
    expect(await count()).toEqual([2, 3]);
    at.now = start + 367 * DAY;
    expect(await count()).toEqual([1, 2]);
  });

  test("lose nothing of what is counted while they are written, or of what could not be written", async () => {
    const folder = newFolder();
    const at = { now: 1_000 * DAY };
    const files = createMetricFiles(folder, () => at.now);
    const emf = emfTo((line) => files.take(JSON.parse(line)), at);
    const count = () => {
      emf.add("RunsFailed", 1);
      emf.flush();
      return files.flush();
    };
    const written = [count(), count()];
    await new Promise(setImmediate);
    written.push(count());
    await Promise.all(written);
    await count();
    const inTheWay = join(folder, "hours", `${1_000 * 86_400}.new`);
    mkdirSync(inTheWay);
    await expect(count()).rejects.toThrow("EISDIR");
    rmSync(inTheWay, { recursive: true });
    await count();
    const window = { from: at.now, to: at.now + DAY, periodSeconds: 3600 };
    const [[point] = []] = await createFileMetricReader(folder).series(
      [{ metric: "RunsFailed", statistic: "sum" }],
      window,
    );
    expect(point?.value).toBe(6);
  });

  test("count anew where one cannot be read, and take no other record", async () => {
    const folder = newFolder();
    const at = { now: 1_000 * DAY };
    const files = createMetricFiles(folder, () => at.now);
    const emf = emfTo((line) => files.take(JSON.parse(line)), at);
    const count = () => {
      emf.add("RunsFailed", 1);
      emf.flush();
      files.take({ message: "run failed", RunsFailed: 7 });
      return files.flush();
    };
    await count();
    writeFileSync(join(folder, "hours", String(1_000 * 86_400)), "{");
    await count();
    const window = { from: at.now, to: at.now + DAY, periodSeconds: 3600 };
    const reader = createFileMetricReader(folder);
    expect(await reader.series([{ metric: "RunsFailed", statistic: "sum" }], window)).toEqual([
      [{ at: at.now, value: 1 }],
    ]);
  });
});
