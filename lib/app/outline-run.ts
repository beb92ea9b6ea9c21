import { isSettled, type JournalEntry } from "../core/journal.ts";

/** Milliseconds since the epoch. */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
}

/** A step at its place, or a group of steps below one: a loop's item, a branch. */
export interface OutlineRow {
  /** `4`, `4.items.17`, `3.else`. */
  readonly path: string;
  /** What it came to last; absent: a group, or a step with entries below it alone. */
  readonly entry?: JournalEntry;
  /** How many of its earlier entries there are: attempts that failed, waits, redrives. */
  readonly earlier: number;
  /** Steps below it that were recorded, and those of them whose last word is a failure that nobody accepted. */
  readonly steps: number;
  readonly failed: number;
  /** When it was at work: each time that it was begun; of a group, when each of its steps was. */
  readonly spans: readonly TimeSpan[];
}

/** Rows of one level, in the order of the file and of the list, and how many there are in all. */
export interface Outline {
  readonly rows: readonly OutlineRow[];
  readonly total: number;
}

/** Entries of a row itself, and the last one of each step below it. */
interface Row {
  readonly own: JournalEntry[];
  readonly last: Map<string, JournalEntry>;
}

const BY_PLACE = new Intl.Collator("en", { numeric: true });

/**
 * What was recorded directly below a place, an empty one for the run itself: below a step its groups, below a group its
 * steps. A page of a long loop costs one pass over the journal and nothing for what it does not show.
 */
export function outlineRun(
  journal: readonly JournalEntry[],
  under: string,
  { from, limit }: { readonly from: number; readonly limit: number },
): Outline {
  const prefix = under === "" ? "" : `${under}.`;
  const rows = new Map<string, Row>();
  for (const entry of journal) {
    if (!entry.path.startsWith(prefix)) continue;
    const path = prefix + headOf(entry.path.slice(prefix.length), under);
    const row: Row = rows.get(path) ?? { own: [], last: new Map() };
    rows.set(path, row);
    if (entry.path === path) row.own.push(entry);
    else row.last.set(entry.path, entry);
  }
  const inOrder = [...rows].sort(([a], [b]) => BY_PLACE.compare(a, b));
  const shown = inOrder.slice(from, from + limit).map(([path, { own, last }]): OutlineRow => {
    const below = [...last.values()];
    const entry = own.at(-1);
    return {
      path,
      ...(entry && { entry }),
      earlier: Math.max(0, own.length - 1),
      steps: below.length,
      failed: below.filter(isOpenFailure).length,
      spans: (entry ? own : below).map(({ startedAt, durationMs }) => ({
        from: startedAt,
        to: startedAt + durationMs,
      })),
    };
  });
  return { rows: shown, total: rows.size };
}

/** True for a step whose last word is a failure that nobody accepted. */
function isOpenFailure(entry: JournalEntry): boolean {
  return entry.status === "failed" && !isSettled(entry);
}

/** The first part of a path: of a step's place its index, of a group its label, a loop's with the item's index. */
function headOf(rest: string, under: string): string {
  const [first = "", second = ""] = rest.split(".", 2);
  if (isStepPath(under)) return first === "items" ? `${first}.${second}` : first;
  return under === "" && first.startsWith("on_failure") ? `${first}.${second}` : first;
}

/** True for the path of a step: a group's ends in a label, or in an item's index behind `items`. */
function isStepPath(path: string): boolean {
  const [last = "", before] = path.split(".").reverse();
  return /^\d+$/.test(last) && before !== "items";
}
