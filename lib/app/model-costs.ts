import type { MetricReader, MetricWindow } from "../core/ports/metric-reader.ts";

/** What a model took in a time. Money in US dollars. */
export interface ModelCost {
  /** As its provider calls it; `other` stands for all whose prices are not known. */
  readonly name: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly spentUsd: number;
}

const METRICS = ["ModelCost", "ModelInputTokens", "ModelOutputTokens"] as const;

/** What each model took, the dearest first. @throws FlowError when the metrics cannot be reached. */
export async function readModelCosts(
  reader: MetricReader,
  window: MetricWindow,
): Promise<readonly ModelCost[]> {
  const [spent, read, written] = await Promise.all(
    METRICS.map((metric) => reader.labelled({ metric, statistic: "sum", label: "Model" }, window)),
  );
  const names = new Set([spent, read, written].flatMap((one) => [...(one?.keys() ?? [])]));
  const sumOf = (found: typeof spent, name: string) =>
    (found?.get(name) ?? []).reduce((sum, { value }) => sum + value, 0);
  return [...names]
    .map((name) => ({
      name,
      inputTokens: sumOf(read, name),
      outputTokens: sumOf(written, name),
      spentUsd: sumOf(spent, name),
    }))
    .sort((a, b) => b.spentUsd - a.spentUsd || b.inputTokens - a.inputTokens);
}
