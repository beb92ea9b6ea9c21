import type { RunQuery } from "../../core/ports/run-store.ts";
import { isFinal, type RunSummary } from "../../core/run.ts";
import { DAY_MS, listPartitions } from "./index-shards.ts";
import { type Item, text } from "./item.ts";
import { isExpired } from "./run-item.ts";
import { createdAtOf, readSummaries } from "./run-summaries.ts";
import type { StoredValues } from "./stored-values.ts";
import type { Expression, Table } from "./table.ts";
import { BY_WORKFLOW_INDEX } from "./table-definition.ts";

// A run's id carries its creation time; the two may differ by this much where the clock was read twice.
const ID_SKEW_MS = 60_000;
// Index entries that one request looks at when a filter may leave few of them.
const FILTERED_PAGE = 500;

/** Runs newest first: day by day backwards, the partitions of a day merged by run id. Never scans the table. */
export async function listRuns(
  table: Table,
  values: StoredValues,
  query: RunQuery,
  now: number,
): Promise<readonly RunSummary[]> {
  const until = Math.min(query.until, now + DAY_MS);
  const since = Math.max(query.since, 0);
  const found: RunSummary[] = [];
  for (
    let day = dayOf(query.after ? Math.min(until, query.after.createdAt) : until);
    day + DAY_MS > since && found.length < query.limit;
    day -= DAY_MS
  ) {
    const { after, ...rest } = query;
    const goesOn = after && dayOf(after.createdAt) === day;
    const wanted = { ...rest, ...(goesOn && { after }), until, since, limit: query.limit - found.length };
    const lists = await Promise.all(
      query.workflows.flatMap((workflow) =>
        listPartitions(workflow, day).map((partition) =>
          newestOf(table, values, { workflow, partition }, wanted, now),
        ),
      ),
    );
    const merged = lists.flat().sort((a, b) => (a.runId < b.runId ? 1 : -1));
    found.push(...merged.slice(0, wanted.limit));
  }
  return found;
}

async function newestOf(
  table: Table,
  values: StoredValues,
  { workflow, partition }: { readonly workflow: string; readonly partition: string },
  query: RunQuery,
  now: number,
): Promise<readonly RunSummary[]> {
  const found: RunSummary[] = [];
  const filter = entryFilter(query);
  const last = `${idAt(query.until + ID_SKEW_MS)}~`;
  const pages = table.query({
    index: BY_WORKFLOW_INDEX,
    where: {
      text: "#wf_day = :partition AND #run_id BETWEEN :first AND :last",
      values: {
        ":partition": text(partition),
        ":first": text(idAt(query.since - ID_SKEW_MS)),
        ":last": text(query.after && query.after.runId < last ? query.after.runId : last),
      },
    },
    ...(filter && { filter }),
    newestFirst: true,
    pageSize: filter ? FILTERED_PAGE : query.limit,
  });
  for await (const page of pages) {
    const kept = page.filter((entry) => isListed(entry, query, now));
    const summaries = await readSummaries(table, values, workflow, kept);
    found.push(...summaries.filter((summary) => isAsked(summary, query)));
    if (found.length >= query.limit) break;
  }
  return found.slice(0, query.limit);
}

/** The index knows final statuses and their errors only; what the others have, their items say. */
function entryFilter({ status, errorClass }: RunQuery): Expression | undefined {
  const isOpen = "attribute_not_exists(#outcome)";
  const parts: Expression[] = [];
  if (status !== undefined && isFinal(status))
    parts.push({ text: "#outcome = :outcome", values: { ":outcome": text(status) } });
  else if (status !== undefined) parts.push({ text: isOpen });
  if (errorClass !== undefined)
    parts.push({
      text: `(#error_class = :error_class OR ${isOpen})`,
      values: { ":error_class": text(errorClass) },
    });
  if (parts.length === 0) return undefined;
  return {
    text: parts.map((part) => part.text).join(" AND "),
    values: Object.assign({}, ...parts.map(({ values }) => values)),
  };
}

function isAsked({ status, error }: RunSummary, asked: RunQuery): boolean {
  return (
    (asked.status ?? status) === status &&
    (asked.errorClass === undefined || asked.errorClass === error?.class)
  );
}

function isListed(entry: Item, { since, until, after }: RunQuery, now: number): boolean {
  const createdAt = createdAtOf(entry);
  return (
    createdAt >= since && createdAt <= until && !isExpired(entry, now) && entry.run_id?.S !== after?.runId
  );
}

function dayOf(ms: number): number {
  return ms - (ms % DAY_MS);
}

/** The beginning of every UUIDv7 made at `ms`: 48 bits of time. */
function idAt(ms: number): string {
  const digits = Math.max(0, Math.floor(ms)).toString(16).padStart(12, "0");
  return `${digits.slice(0, 8)}-${digits.slice(8)}`;
}
