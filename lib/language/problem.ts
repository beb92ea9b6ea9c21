/** Something a reader of a workflow file should know, with its place. Lines and columns count from 1. */
export interface Problem {
  readonly severity: "error" | "warning";
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** What was found and what was expected. */
  readonly message: string;
  /** The nearest known name or another way out. */
  readonly hint?: string;
  /** The line with one line of context on each side and a caret under the column. */
  readonly frame: string;
}

/** A problem as text: `file:line:column`, the message, the hint, and the code frame. */
export function formatProblem({ severity, file, line, column, message, hint, frame }: Problem): string {
  return [
    `${file}:${line}:${column}: ${severity}: ${message}`,
    ...(hint === undefined ? [] : [`  hint: ${hint}`]),
    ...(frame === "" ? [] : [frame]),
  ].join("\n");
}
