import type { RunPage, RunQuery } from "../../core/ports/run-store.ts";
import { isFinal, type RunSummary, timeOfRunId } from "../../core/run.ts";
import { pageOf } from "../page-of.ts";
import { DAY_MS, listPartitions } from "./index-shards.ts";
import { type Item, readText, text } from "./item.ts";
import { isExpired } from "./run-item.ts";
import { createdAtOf, readSummaries } from "./run-summaries.ts";
import type { StoredValues } from "./stored-values.ts";
import type { Expression, Table } from "./table.ts";
import { BY_WORKFLOW_INDEX } from "./table-definition.ts";

// A run's id carries its creation time; the two may differ by this much where the clock was read twice.
const ID_SKEW_MS = 60_000;
// Index entries that one request looks at when a filter may leave few of them.
const FILTERED_PAGE = 500;

// What a request costs beside what it looks at, in entries: measured with the local store, 0.4 ms to 4.5 µs.
const REQUEST_LOOKS = 100;

/** How far one page of a list looks. */
interface Look {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Entries of the index, about; a day's partitions are asked once each in any case. */
  readonly mostLooks: number;
}

/** Runs of a partition, as far as it was looked at. */
interface Looked {
  readonly runs: readonly RunSummary[];
  readonly looks: number;
  /** Where looking was given up; absent: everything that was wanted is there. */
  readonly end?: string;
}

/** A list of runs. Never scans the table. */
export async function listRuns(
  table: Table,
  values: StoredValues,
  query: RunQuery,
  now: number,
): Promise<readonly RunSummary[]> {
  return (await lookForRuns(table, values, query, { now, mostLooks: Number.POSITIVE_INFINITY })).runs;
}

/** A page of it, which gives up after so many looks. */
export async function pageOfRuns(
  table: Table,
  values: StoredValues,
  query: RunQuery,
  look: Look,
): Promise<RunPage> {
  const found = await lookForRuns(table, values, { ...query, limit: query.limit + 1 }, look);
  return { ...found, ...pageOf(found.runs, query.limit) };
}

/** Runs newest first: day by day backwards, the partitions of a day merged by run id; the place where it gave up before `limit`. */
async function lookForRuns(
  table: Table,
  values: StoredValues,
  query: RunQuery,
  { now, mostLooks }: Look,
): Promise<RunPage> {
  const until = Math.min(query.until, now + DAY_MS);
  const since = Math.max(query.since, 0);
  const found: RunSummary[] = [];
  let looks = 0;
  for (
    let day = dayOf(query.after ? Math.min(until, query.after.createdAt) : until);
    day + DAY_MS > since;
    day -= DAY_MS
  ) {
    if (looks >= mostLooks) return { runs: found, next: endOf(day) };
    const { after, ...rest } = query;
    const goesOn = after && dayOf(after.createdAt) === day;
    const wanted = { ...rest, ...(goesOn && { after }), until, since, limit: query.limit - found.length };
    const partitions = query.workflows.flatMap((workflow) =>
      listPartitions(workflow, day).map((partition) => ({ workflow, partition })),
    );
    const share = { now, mostLooks: (mostLooks - looks) / partitions.length };
    const looked = await Promise.all(
      partitions.map((partition) => newestOf(table, values, partition, wanted, share)),
    );
    looks += looked.reduce((sum, one) => sum + one.looks, 0);
    // Behind the newest place where looking was given up, another partition may have what is not known yet.
    const [end] = looked
      .flatMap((one) => one.end ?? [])
      .sort()
      .reverse();
    const merged = looked
      .flatMap(({ runs }) => runs)
      .filter(({ runId }) => end === undefined || runId >= end)
      .sort((a, b) => (a.runId < b.runId ? 1 : -1));
    found.push(...merged.slice(0, wanted.limit));
    if (found.length === query.limit) break;
    if (end !== undefined) return { runs: found, next: { runId: end, createdAt: within(day, end) } };
  }
  return { runs: found };
}

/** Behind everything that is newer than a day's end; ids of that day's runs may be a little younger. */
function endOf(day: number): NonNullable<RunPage["next"]> {
  return { runId: idAt(day + DAY_MS + ID_SKEW_MS), createdAt: day + DAY_MS - 1 };
}

/** When a run was named, as a time of the day that it is listed under. */
function within(day: number, runId: string): number {
  return Math.min(Math.max(timeOfRunId(runId), day), day + DAY_MS - 1);
}

async function newestOf(
  table: Table,
  values: StoredValues,
  { workflow, partition }: { readonly workflow: string; readonly partition: string },
  query: RunQuery,
  { now, mostLooks }: Look,
): Promise<Looked> {
  const found: RunSummary[] = [];
  const filter = entryFilter(query);
  const last = `${idAt(query.until + ID_SKEW_MS)}~`;
  // The run that a page goes on behind is looked at once more.
  const pageSize = Math.ceil(Math.min(filter ? FILTERED_PAGE : query.limit, Math.max(mostLooks, 1))) + 1;
  const pages = table.pages({
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
    pageSize,
  });
  let looks = 0;
  for await (const { items, end } of pages) {
    looks += REQUEST_LOOKS + (end ? pageSize : items.length);
    const kept = items.filter((entry) => isListed(entry, query, now));
    const summaries = await readSummaries(table, values, workflow, kept);
    found.push(...summaries.filter((summary) => isAsked(summary, query)));
    if (found.length >= query.limit) break;
    if (end && looks >= mostLooks) return { runs: found, looks, end: readText(end, "run_id") };
  }
  return { runs: found.slice(0, query.limit), looks };
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
