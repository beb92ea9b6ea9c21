const WIDTH = 100;

/**
 * The line with one line of context on each side and a caret under the column; both count from 1.
 * Long lines are cut to a window of 100 characters around the column.
 */
export function codeFrame(lines: readonly string[], line: number, column: number): string {
  const from = Math.max(1, line - 1);
  const shown = lines.slice(from - 1, line + 1);
  const digits = String(from + shown.length - 1).length;
  const start = windowStart(column);
  return shown
    .flatMap((text, index) => {
      const number = from + index;
      const marker = number === line ? ">" : " ";
      const row = `${marker} ${String(number).padStart(digits)} | ${cut(text, start)}`.trimEnd();
      return number === line
        ? [row, `  ${" ".repeat(digits)} | ${caretIndent(text, column, start)}^`]
        : [row];
    })
    .join("\n");
}

function windowStart(column: number): number {
  return column <= WIDTH ? 0 : column - 1 - WIDTH / 2;
}

function cut(text: string, start: number): string {
  const shown = text.slice(start, start + WIDTH).replace(/\r$/, "");
  return `${start > 0 ? "…" : ""}${shown}${text.length > start + WIDTH ? "…" : ""}`;
}

/** Tabs stay tabs, so that the caret stands under its character however wide they are shown. */
function caretIndent(text: string, column: number, start: number): string {
  const before = text.slice(start, column - 1).padEnd(column - 1 - start);
  return (start > 0 ? " " : "") + [...before].map((char) => (char === "\t" ? "\t" : " ")).join("");
}
