import type { JournalEntry } from "../../core/journal.ts";
import type { RequestInfo, RunRecord } from "../../core/run.ts";
import { timeOfRunId } from "../../core/run.ts";
import { type Item, readNumber, readText, unlessDamaged } from "./item.ts";
import { readCost, readDamage, readEntries, readRequest, runIdOf } from "./run-item.ts";
import { LINKS } from "./run-links.ts";
import { segmentEntries, segmentNumber } from "./segments.ts";
import type { StoredValues } from "./stored-values.ts";

const NO_REQUEST: RequestInfo = {
  method: "",
  path: "",
  query: {},
  headers: {},
  received_at: "",
  delivery_id: "",
};

/**
 * What can be read of a run that was failed as damaged: the rest is empty or 0. The journal ends before the first segment
 * that is missing or damaged, and its entries are without patches where the event is not there to apply them to.
 */
export async function salvageRun(
  item: Item,
  segments: readonly Item[],
  values: StoredValues,
): Promise<RunRecord> {
  const or = <T, U>(read: () => T | Promise<T>, otherwise: U) => unlessDamaged(read, () => otherwise);
  const textOf = (name: string) => or(() => readText(item, name), "");
  const numberOf = (name: string) => or(() => readNumber(item, name), 0);
  const runId = runIdOf(item);
  const body = await or(() => values.loadBytes(item, "body"), undefined);
  const contentType = await or(() => readText(item, "content_type"), undefined);
  const request = await or(() => readRequest(item, values), undefined);
  const journal = await salvageJournal(item, segments, values);
  const startedAt = await or(() => readNumber(item, "started_at"), undefined);
  const links: Partial<RunRecord> = {};
  for (const [name, read] of Object.entries(LINKS)) {
    const link = await or(() => read(item), undefined);
    if (link !== undefined) Object.assign(links, { [name]: link });
  }
  const { error, foundAt } = readDamage(item);
  return {
    runId,
    workflow: await textOf("workflow"),
    hash: await textOf("hash"),
    stage: await textOf("stage"),
    status: "failed",
    event: {
      body: body ?? new Uint8Array(),
      contentType: contentType ?? "",
      request: request ?? NO_REQUEST,
    },
    ...(!(body && contentType !== undefined && request) && { eventLost: true }),
    createdAt: await or(() => readNumber(item, "created_at"), timeOfRunId(runId)),
    dueAt: Number.POSITIVE_INFINITY,
    expiresAt: await numberOf("expires_at"),
    attempt: await numberOf("attempt"),
    epoch: await numberOf("epoch"),
    failures: await numberOf("failures"),
    spentMs: await numberOf("spent_ms"),
    costUsd: await or(() => readCost(item), 0),
    ...(startedAt !== undefined && { startedAt }),
    finishedAt: foundAt,
    ...links,
    error,
    journal: body ? journal : journal.map((entry) => ({ ...entry, patch: [] })),
  };
}

async function salvageJournal(
  item: Item,
  segments: readonly Item[],
  values: StoredValues,
): Promise<readonly JournalEntry[]> {
  const entries: JournalEntry[] = [];
  return unlessDamaged(
    async () => {
      for (const [index, segment] of segments.entries()) {
        if (segmentNumber(segment) !== index + 1) return entries;
        entries.push(...(await segmentEntries([segment], values)).flat());
      }
      return item.tail ? [...entries, ...(await readEntries(item, "tail", values))] : entries;
    },
    () => entries,
  );
}
