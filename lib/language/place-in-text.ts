import type { YamlNode } from "./yaml-node.ts";

/** The file's offset of a line and column (from 1, in code points) of the text that a scalar holds; where folding or escapes hide it, the scalar's own. */
export function placeInText(
  text: string,
  { at, end, value }: YamlNode,
  line: number,
  column: number,
): number {
  const header = text[at];
  if (header === "|") return placeInBlock(text, at, end, line, column);
  if (header === ">" || typeof value !== "string" || text.slice(at, end).includes("\n")) return at;
  const start = header === '"' || header === "'" ? at + 1 : at;
  const isVerbatim = text.startsWith(value, start);
  return isVerbatim && line === 1 ? start + unitsOf(value, column) : at;
}

/** A literal block begins behind the line of its `|`; its first line that is not blank sets the indentation. */
function placeInBlock(text: string, at: number, end: number, line: number, column: number): number {
  const lines = text.slice(at, end).split("\n");
  const [head = "", ...body] = lines;
  const given = /^[|>][+-]?([1-9])/.exec(head)?.[1];
  const first = body.find((one) => one.trim() !== "") ?? "";
  // An indentation that the header gives counts from the parent's, which the text alone does not tell.
  const indent = given === undefined ? first.length - first.trimStart().length : undefined;
  if (indent === undefined || line > body.length) return at;
  const start = at + lines.slice(0, line).reduce((length, one) => length + one.length + 1, 0);
  const shown = (lines[line] ?? "").slice(indent);
  return start + Math.min(indent, lines[line]?.length ?? 0) + unitsOf(shown, column);
}

/** UTF-16 units in front of a column that counts code points. */
function unitsOf(line: string, column: number): number {
  return [...line].slice(0, column - 1).join("").length;
}
