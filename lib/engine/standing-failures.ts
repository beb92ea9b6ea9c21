import type { JournalEntry } from "../core/journal.ts";

/**
 * Items and branches that failed in the delivery that is under way, by path: the run waited for others beside them, and
 * comes back to go on with those alone. One that was begun again since has not failed yet, nor has one whose step is tried
 * again as a whole. `failures`: deliveries of the run that failed before this one.
 */
export function standingFailures(
  past: readonly JournalEntry[],
  failures: number,
): ReadonlyMap<string, JournalEntry> {
  const standing = new Map<string, JournalEntry>();
  for (const entry of past) {
    if (standing.size > 0) {
      for (let at = entry.path.lastIndexOf("."); at > 0; at = entry.path.lastIndexOf(".", at - 1))
        standing.delete(entry.path.slice(0, at));
    }
    if (entry.status === "retrying" && entry.dueAt !== undefined) {
      for (const path of standing.keys()) if (path.startsWith(`${entry.path}.`)) standing.delete(path);
    }
    if (entry.delivery === failures) standing.set(entry.path, entry);
  }
  return standing;
}
