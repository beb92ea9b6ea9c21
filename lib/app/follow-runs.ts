import type { Clock } from "../core/ports/clock.ts";
import type { RunStore } from "../core/ports/run-store.ts";
import { isFinal, type RunSummary } from "../core/run.ts";

/** A run that began or ended, as it stood when it was looked at. */
export interface RunNews {
  readonly kind: "began" | "ended";
  readonly run: RunSummary;
}

/** What came since the last look. */
export interface NewsOfRuns {
  readonly news: readonly RunNews[];
  /** More runs began than one look shows: the newest are shown. */
  readonly cut: boolean;
}

/** Which runs are followed, and how often one looks. */
export interface FollowOptions {
  /** Asked at every look: a deploy may add some. */
  workflows(): Promise<readonly string[]>;
  readonly everyMs: number;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Runs that one look shows, and open ones that it asks for: what a look costs at most. */
const MOST_NEW = 100;
const MOST_ASKED = 50;
/** Of more open runs than this the oldest are forgotten: their end is not told. */
const MOST_OPEN = 5_000;
// Indexes lag, and clocks differ by a little.
const OVERLAP_MS = 15_000;

/**
 * Tells of runs as they begin and as they end, from now on. A look is one page of the list and a few reads of runs that are open, however
 * many there are; of those each is asked for in turn.
 * @throws what the store threw
 */
export async function* followRuns(
  { list, summary }: Pick<RunStore, "list" | "summary">,
  clock: Clock,
  { workflows, everyMs, signal }: FollowOptions,
): AsyncGenerator<NewsOfRuns> {
  const begunAt = clock.now();
  const seen = new Map<string, number>();
  const open = new Map<string, RunSummary>();
  while (!signal.aborted) {
    const now = clock.now();
    const since = Math.max(begunAt, now - everyMs - OVERLAP_MS);
    const page = await list({
      workflows: await workflows(),
      limit: MOST_NEW,
      since,
      until: now + OVERLAP_MS,
    });
    const news: RunNews[] = [];
    for (const run of page.toReversed()) {
      if (seen.has(run.runId)) continue;
      seen.set(run.runId, run.createdAt);
      news.push({ kind: "began", run });
      open.set(run.runId, run);
    }
    for (const [id, at] of seen) if (at < since - OVERLAP_MS) seen.delete(id);
    for (const id of [...open.keys()].slice(0, Math.max(0, open.size - MOST_OPEN))) open.delete(id);
    const known = new Map(page.map((run) => [run.runId, run]));
    for (const id of [...open.keys()].slice(0, MOST_ASKED)) {
      const run = known.get(id) ?? (await summary(id));
      open.delete(id);
      if (run && isFinal(run.status)) news.push({ kind: "ended", run });
      // Behind the others, so that each has its turn.
      else if (run) open.set(id, run);
    }
    yield { news, cut: page.length === MOST_NEW && news.some(({ kind }) => kind === "began") };
    await clock.sleep(everyMs, signal).catch(() => {});
  }
}
