import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { METRICS, type MetricName, metricFacts } from "../../lib/core/metric-catalog.ts";

test("docs/metrics.md lists every metric as it is", () => {
  const page = readFileSync(new URL("../../docs/metrics.md", import.meta.url), "utf8");
  const rows = (Object.keys(METRICS) as MetricName[]).map((name) => {
    const { unit, by, about } = metricFacts(name);
    const labels = by.filter((set) => set.length > 0).map((set) => set.join(", "));
    return `| \`${name}\` | ${unit} |${labels.length > 0 ? ` ${labels.join("; ")}` : ""} | ${about} |`;
  });
  expect(page.split("\n").filter((line) => /^\| `[A-Z]/.test(line))).toEqual(rows);
});
