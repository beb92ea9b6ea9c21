import type { JournalEntry } from "./journal.ts";
import type { Redriven } from "./run.ts";

const ON_FAILURE = "on_failure";

/**
 * Where the steps of `on_failure` stand: each redrive gives a run a round of its own, so that they run again when it
 * fails again, under other idempotency keys.
 */
export function onFailurePlace(redrives: number): string {
  return redrives === 0 ? ON_FAILURE : `${ON_FAILURE}@${redrives}`;
}

/** The journal without what `on_failure` did before the last redrive: what state and result are made of. */
export function withoutEarlierRounds(
  journal: readonly JournalEntry[],
  redrives: readonly Redriven[] = [],
): readonly JournalEntry[] {
  if (redrives.length === 0) return journal;
  const round = onFailurePlace(redrives.length);
  return journal.filter(({ path }) => {
    const [head = ""] = path.split(".", 1);
    return !head.startsWith(ON_FAILURE) || head === round;
  });
}

/** The journal as if the run had not failed before its last redrive: with one round of `on_failure`, in its usual place. */
export function lastRound(
  journal: readonly JournalEntry[],
  redrives: readonly Redriven[] = [],
): readonly JournalEntry[] {
  const place = onFailurePlace(redrives.length);
  return withoutEarlierRounds(journal, redrives).map((entry) =>
    entry.path.startsWith(place) ? { ...entry, path: ON_FAILURE + entry.path.slice(place.length) } : entry,
  );
}

/** What a redriven run goes on from, how many of these entries are older than its last redrive, and what that one kept. */
export function resumedJournal(
  journal: readonly JournalEntry[],
  redrives: readonly Redriven[] = [],
): {
  readonly past: readonly JournalEntry[];
  readonly before: number;
  readonly keepsUnknown: boolean;
} {
  const { entries: at = 0, keepsUnknown = false } = redrives.at(-1) ?? {};
  const older = withoutEarlierRounds(journal.slice(0, at), redrives);
  return { past: [...older, ...journal.slice(at)], before: older.length, keepsUnknown };
}
