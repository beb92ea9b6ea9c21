import type { MetricReader } from "../../core/ports/metric-reader.ts";
import type { Metrics } from "../../core/ports/metrics.ts";
import { createEmfMetrics } from "./emf-metrics.ts";
import { createPageReader, foldRecord, type Page } from "./metric-pages.ts";

/** Metrics in this process's memory, written and folded as the local stack does. */
export function createMemoryMetrics(now: () => number): Metrics & MetricReader {
  const pages = new Map<string, Page>();
  const pageOf = (name: string): Page => {
    const page = pages.get(name) ?? {};
    pages.set(name, page);
    return page;
  };
  const emf = createEmfMetrics({
    stage: "test",
    level: "INFO",
    now,
    write: (line) => foldRecord(JSON.parse(line), pageOf),
  });
  const reader = createPageReader((name) => pages.get(name));
  return {
    add: emf.add,
    series(queries, window) {
      emf.flush();
      return reader.series(queries, window);
    },
    labelled(query, window) {
      emf.flush();
      return reader.labelled(query, window);
    },
  };
}
