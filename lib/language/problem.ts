/** Something a reader of a workflow file should know, with its place. Lines and columns count from 1. */
export interface Problem {
  /** Stable name of what was found, e.g. `unknown-key`; docs/rules.md lists all. */
  readonly id: string;
  readonly severity: "error" | "warning" | "note";
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** What was found and what was expected. */
  readonly message: string;
  /** The nearest known name or another way out. */
  readonly hint?: string;
  /** The line with one line of context on each side and a caret under the column. */
  readonly frame: string;
  /** What would put it right. */
  readonly fix?: Fix;
}

/** Replaces the characters from `at` up to `end`, UTF-16 offsets into the file's text without its byte order mark. */
export interface Edit {
  readonly at: number;
  readonly end: number;
  readonly text: string;
}

/** A change of the file that answers a problem. */
export interface Fix {
  /** What it does, in the imperative. */
  readonly title: string;
  readonly edits: readonly Edit[];
}

/** A problem as text: `file:line:column`, the message, the hint, and the code frame. */
export function formatProblem({ id, severity, file, line, column, message, hint, frame }: Problem): string {
  return [
    `${file}:${line}:${column}: ${severity}: ${message} [${id}]`,
    ...(hint === undefined ? [] : [`  hint: ${hint}`]),
    ...(frame === "" ? [] : [frame]),
  ].join("\n");
}
