import type { JournalEntry } from "../../../lib/core/journal.ts";
import type { HttpRequest } from "../../../lib/core/ports/http.ts";
import type { RunRecord } from "../../../lib/core/run.ts";
import { requestsIn, stepOf, type Trial } from "../trial.ts";

/** A run with the chunks of its loops, as if it had gone through them itself. */
export interface WholeRun {
  readonly record: RunRecord;
  readonly journal: readonly JournalEntry[];
  /** What it sent, in the order of sending. */
  readonly requests: readonly HttpRequest[];
}

/** The run of a trial, and behind it those that it started. */
export function wholeRuns({ run, children, calls }: Trial): readonly WholeRun[] {
  const all = run ? [run, ...children] : [];
  const byId = new Map(all.map((one) => [one.runId, one]));
  const ownerOf = (runId: string): string => {
    const found = byId.get(runId);
    return found?.chunk && found.parent ? ownerOf(found.parent.runId) : runId;
  };
  const requests = Map.groupBy(requestsIn(calls), (request) => ownerOf(stepOf(request).runId));
  const journals = Map.groupBy(all, ({ runId }) => ownerOf(runId));
  return all
    .filter(({ chunk }) => chunk === undefined)
    .map((record) => ({
      record,
      journal: (journals.get(record.runId) ?? []).flatMap(({ journal }) => journal),
      requests: requests.get(record.runId) ?? [],
    }));
}

/** Paths of calls that may be made once, and of whose outcome the run's journal has no word. */
export function unknownIn({ journal }: WholeRun): readonly string[] {
  const last = new Map(journal.map((entry) => [entry.path, entry]));
  return [...last.values()]
    .filter(({ type }) => type === "http_call")
    .filter((entry) => entry.error?.class === "unknown_outcome" || entry.status === "started")
    .map(({ path }) => path);
}
