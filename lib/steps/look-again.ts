const SHORTEST_LOOK_MS = 25;
/** Until then a step looks again by itself: to leave and come back takes three writes and a message. */
const SOON_MS = 1_000;
const MINUTE_MS = 60_000;
const LONGEST_LOOK_MS = 15 * MINUTE_MS;

/**
 * When a step that waits for other runs looks at them again: after as long as it has waited already, soon at first and
 * each minute or less often then. Milliseconds since the epoch.
 */
export function lookAgainAt(startedAt: number, now: number): number {
  const waited = now - startedAt;
  return waited < SOON_MS
    ? now + Math.max(waited, SHORTEST_LOOK_MS)
    : now + Math.min(Math.max(waited, MINUTE_MS), LONGEST_LOOK_MS);
}
