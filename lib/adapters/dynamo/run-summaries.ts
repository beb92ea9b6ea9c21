import type { RunStatus, RunSummary } from "../../core/run.ts";
import { listedError } from "../listed-error.ts";
import { checkLayout, type Item, readNumber, readOptionalNumber, readText } from "./item.ts";
import { readCost, readError, readStatus, runKey } from "./run-item.ts";
import type { StoredValues } from "./stored-values.ts";
import type { Table } from "./table.ts";

const LIVE_ATTRIBUTES = [
  "pk",
  "sk",
  "v",
  "run_id",
  "hash",
  "status",
  "created_at",
  "finished_at",
  "spent_usd",
  "cost_usd",
  "error",
];

/** What entries of `by_workflow` show; a run that was not final when it was indexed is read itself. */
export async function readSummaries(
  table: Table,
  values: StoredValues,
  workflow: string,
  entries: readonly Item[],
): Promise<readonly RunSummary[]> {
  const live = entries.filter((entry) => entry.outcome === undefined);
  const items = await table.getMany(
    live.map((entry) => runKey(readText(entry, "run_id"))),
    LIVE_ATTRIBUTES,
  );
  const byId = new Map(items.map((item) => [item.run_id?.S, item]));
  const summaries = entries.map((entry) => {
    if (entry.outcome !== undefined) return finalSummary(workflow, entry);
    const item = byId.get(entry.run_id?.S);
    return item && liveSummary(workflow, item, values);
  });
  return (await Promise.all(summaries)).filter((summary) => summary !== undefined);
}

function finalSummary(workflow: string, entry: Item): RunSummary {
  const error = entry.error_class && {
    class: readText(entry, "error_class"),
    message: readText(entry, "error_message"),
  };
  return summary(workflow, entry, readText(entry, "outcome") as RunStatus, error);
}

async function liveSummary(workflow: string, item: Item, values: StoredValues): Promise<RunSummary> {
  checkLayout(item);
  const error = await readError(item, values);
  return summary(workflow, item, readStatus(item), error && listedError(error));
}

function summary(workflow: string, item: Item, status: RunStatus, error: RunSummary["error"]): RunSummary {
  const finishedAt = readOptionalNumber(item, "finished_at");
  return {
    runId: readText(item, "run_id"),
    workflow,
    hash: readText(item, "hash"),
    status,
    createdAt: readNumber(item, "created_at"),
    ...(finishedAt !== undefined && { finishedAt }),
    costUsd: readCost(item),
    ...(error && { error }),
  };
}
