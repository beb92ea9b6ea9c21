import type { JournalEntry, Write } from "./journal.ts";
import { formatJson, type Json } from "./json.ts";
import { type Path, parsePath, readPath, writePath } from "./path.ts";
import { REDACTED } from "./redactor.ts";
import type { ClaimedRun, ReadEvent, StoredEvent } from "./run.ts";

/** A run's history with some paths blanked: it can be read, and no longer be resumed. */
export interface BlankedHistory {
  /** Absent: nothing of it is blanked. */
  readonly event?: StoredEvent;
  readonly journal: readonly JournalEntry[];
}

/**
 * Blanks paths of the state in the event and in every patch (`history.redact` of language.md section 1). `input.x` and
 * `state.x` stand for `x`. A chunk's event, items of a list that may lie anywhere, is blanked whole, and of a
 * batch's list each delivery.
 */
export function blankHistory(
  { event, chunk, batch }: Pick<ClaimedRun, "event" | "chunk" | "batch">,
  journal: readonly JournalEntry[],
  redact: readonly string[],
): BlankedHistory {
  const paths = redact.map(statePath);
  const blanked = chunk ? REDACTED : blankBody(event.body, paths, batch !== undefined);
  return {
    ...(blanked !== event.body && { event: jsonEvent(event, blanked) }),
    journal: journal.map((entry) => ({
      ...entry,
      patch: entry.patch.map((write) => blankWrite(write, paths)),
    })),
  };
}

/** A value with the paths blanked that lead to something in it. */
export function blankPaths(value: Json, redact: readonly string[]): Json {
  return blank(value, redact.map(statePath));
}

/** A path of `history.redact` as one of the state. */
export function statePath(text: string): Path {
  const path = parsePath(text);
  return path[0] === "input" || path[0] === "state" ? path.slice(1) : path;
}

function blank(value: Json, paths: readonly Path[]): Json {
  return paths.reduce<Json>(
    (blanked, path) => (readPath(blanked, path) === undefined ? blanked : writePath(blanked, path, REDACTED)),
    value,
  );
}

function blankBody(body: Json, paths: readonly Path[], isBatch: boolean): Json {
  return blank(isBatch && Array.isArray(body) ? body.map((one) => blank(one, paths)) : body, paths);
}

function jsonEvent({ request }: ReadEvent, body: Json): StoredEvent {
  return { request, body: new TextEncoder().encode(formatJson(body)), contentType: "application/json" };
}

function blankWrite(write: Write, paths: readonly Path[]): Write {
  const { path, value } = write;
  if (value === undefined) return write;
  const startsWith = (long: Path, short: Path) => short.every((key, index) => key === long[index]);
  if (paths.some((redacted) => startsWith(path, redacted))) return { ...write, value: REDACTED };
  const inside = paths
    .filter((redacted) => startsWith(redacted, path))
    .map((redacted) => redacted.slice(path.length));
  return { ...write, value: blank(value, inside) };
}
