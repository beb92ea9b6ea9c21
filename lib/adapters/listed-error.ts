import type { RunError } from "../core/journal.ts";
import type { RunSummary } from "../core/run.ts";

// Keeps an entry of the list's index under 1 KiB, one write unit.
const LONGEST_MESSAGE = 400;

/** A run's error as lists show it: its message cut to 400 characters. */
export function listedError({
  class: errorClass,
  message,
}: Pick<RunError, "class" | "message">): NonNullable<RunSummary["error"]> {
  const cut = message.length <= LONGEST_MESSAGE ? message : `${message.slice(0, LONGEST_MESSAGE - 1)}…`;
  return { class: errorClass, message: cut.toWellFormed() };
}
