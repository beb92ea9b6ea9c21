import { FINAL_STATUSES, type RunSummary, type StoredStatus, timeOfRunId } from "../../core/run.ts";
import { listedError } from "../listed-error.ts";
import { checkLayout, type Item, unlessDamaged } from "./item.ts";
import { isExpired, readError, readStatus, runIdOf, runKey } from "./run-item.ts";
import type { StoredValues } from "./stored-values.ts";
import type { Table } from "./table.ts";

const LIVE_ATTRIBUTES = [
  "pk",
  "sk",
  "v",
  "hash",
  "status",
  "outcome",
  "damage",
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
  const isEnded = (entry: Item) => FINAL_STATUSES.some((status) => status === entry.outcome?.S);
  const live = entries.filter((entry) => !isEnded(entry));
  const items = await table.getMany(
    live.map((entry) => runKey(runIdOf(entry))),
    LIVE_ATTRIBUTES,
  );
  const byId = new Map(items.map((item) => [runIdOf(item), item]));
  const summaries = entries.map((entry) => {
    if (isEnded(entry)) return finalSummary(workflow, entry);
    const item = byId.get(runIdOf(entry));
    return item && liveSummary(workflow, item, values);
  });
  return (await Promise.all(summaries)).filter((summary) => summary !== undefined);
}

/** When a run was created, milliseconds since the epoch; its id knows it too. */
export function createdAtOf(item: Item): number {
  return Number(item.created_at?.N ?? timeOfRunId(runIdOf(item)));
}

/** One run as lists show it; undefined when it is not there or not kept any more. */
export async function readSummary(
  table: Table,
  values: StoredValues,
  runId: string,
  now: number,
): Promise<RunSummary | undefined> {
  const [item] = await table.getMany([runKey(runId)], [...LIVE_ATTRIBUTES, "workflow", "expires_at"]);
  if (!item || isExpired(item, now)) return undefined;
  return liveSummary(item.workflow?.S ?? "", item, values);
}

function finalSummary(workflow: string, entry: Item): RunSummary {
  const error = entry.error_class && {
    class: entry.error_class.S ?? "internal",
    message: entry.error_message?.S ?? "",
  };
  return summary(workflow, entry, entry.outcome?.S as StoredStatus, error);
}

async function liveSummary(workflow: string, item: Item, values: StoredValues): Promise<RunSummary> {
  return unlessDamaged(
    async () => {
      if (!item.damage) checkLayout(item);
      const error = await readError(item, values);
      return summary(workflow, item, readStatus(item), error && listedError(error));
    },
    (damage) => summary(workflow, item, "damaged", listedError(damage)),
  );
}

/** What is unreadable in one run hides no other one: it is left empty. */
function summary(workflow: string, item: Item, status: StoredStatus, error: RunSummary["error"]): RunSummary {
  const { hash, finished_at: finishedAt, cost_usd: cost, spent_usd: spent } = item;
  return {
    runId: runIdOf(item),
    workflow,
    hash: hash?.S ?? "",
    status,
    createdAt: createdAtOf(item),
    ...(finishedAt?.N !== undefined && { finishedAt: Number(finishedAt.N) }),
    costUsd: Number(cost?.N ?? spent?.N ?? 0),
    ...(error && { error }),
  };
}
