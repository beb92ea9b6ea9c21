import { codeFrame } from "./code-frame.ts";
import type { Problem } from "./problem.ts";

/** More than this many problems of one file are counted, not shown. */
const MOST_SHOWN = 100;

/** Collects the problems of one file. Places are offsets into its text, in UTF-16 code units. */
export interface ProblemLog {
  error(at: number, message: string, hint?: string): void;
  warn(at: number, message: string, hint?: string): void;
  /** Errors so far. */
  errorCount(): number;
  /** Line of an offset, from 1. */
  lineOf(at: number): number;
  /** All problems in the order of the file, each once; errors come first where the list is cut. */
  sorted(): readonly Problem[];
}

interface Entry {
  readonly severity: Problem["severity"];
  readonly at: number;
  readonly message: string;
  readonly hint: string | undefined;
}

/** A log of the problems of `text`, which messages call `file`. */
export function createProblemLog(text: string, file: string): ProblemLog {
  const lines = text.split("\n");
  const starts = lineStarts(lines);
  const entries = new Map<string, Entry>();
  let errors = 0;

  function add(severity: Entry["severity"], at: number, message: string, hint?: string): void {
    const key = `${severity} ${at} ${message}`;
    if (entries.has(key)) return;
    entries.set(key, { severity, at, message, hint });
    if (severity === "error") errors += 1;
  }

  function show({ severity, at, message, hint }: Entry): Problem {
    const line = lineAt(starts, at);
    const column = at - (starts[line - 1] as number) + 1;
    const frame = codeFrame(lines, line, column);
    return { severity, file, line, column, message, ...(hint !== undefined && { hint }), frame };
  }

  return {
    error: (at, message, hint) => add("error", at, message, hint),
    warn: (at, message, hint) => add("warning", at, message, hint),
    errorCount: () => errors,
    lineOf: (at) => lineAt(starts, at),
    sorted() {
      const byPlace = [...entries.values()].sort((a, b) => a.at - b.at);
      if (byPlace.length <= MOST_SHOWN) return byPlace.map(show);
      const errorsFirst = [
        ...byPlace.filter(({ severity }) => severity === "error"),
        ...byPlace.filter(({ severity }) => severity === "warning"),
      ];
      const shown = errorsFirst.slice(0, MOST_SHOWN).sort((a, b) => a.at - b.at);
      const last = shown.at(-1) as Entry;
      const message = `${byPlace.length - MOST_SHOWN} more problems are not shown`;
      return [...shown.map(show), show({ ...last, message, hint: undefined })];
    },
  };
}

function lineStarts(lines: readonly string[]): readonly number[] {
  let at = 0;
  return lines.map((line) => {
    const start = at;
    at += line.length + 1;
    return start;
  });
}

/** The last line that starts at or before the offset. */
function lineAt(starts: readonly number[], at: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] as number) <= at) low = middle;
    else high = middle - 1;
  }
  return low + 1;
}
