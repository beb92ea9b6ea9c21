import type { Edit, Fix } from "../problem.ts";
import type { YamlNode } from "../yaml-node.ts";
import { child } from "../yaml-node.ts";

/** Gives a mapping a further key behind one that it has; undefined when it has not got that. */
export function addKey(
  text: string,
  node: YamlNode,
  behind: string,
  key: string,
  value: string,
): Edit | undefined {
  const entry = node.entries?.get(behind);
  if (!entry || entry.node.end < entry.keyAt) return undefined;
  if (text[node.at] === "{") return insert(entry.node.end, `, ${key}: ${value}`);
  return insertLine(text, entry.node.end, `${indentOf(text, entry.keyAt)}${key}: ${value}`);
}

/** Declares a name under `environment`, which is made where it is missing. */
export function declareName(text: string, root: YamlNode, name: string): Fix | undefined {
  const item = `{ name: ${name}, secret: true }`;
  const edit = declaration(text, root, item);
  return edit && { title: `declare ${name} under environment`, edits: [edit] };
}

function declaration(text: string, root: YamlNode, item: string): Edit | undefined {
  if (text[root.at] === "{") return undefined;
  const list = child(root, "environment");
  const steps = root.entries?.get("steps");
  if (!list) {
    if (!steps) return undefined;
    const indent = indentOf(text, steps.keyAt);
    const start = steps.keyAt - indent.length;
    return insert(start, `${indent}environment:${lineEnd(text)}${indent}  - ${item}${lineEnd(text)}`);
  }
  const last = list.items?.at(-1);
  if (!last) return undefined;
  if (text[list.at] === "[") return insert(last.end, `, ${item}`);
  // As far in as the dash of the last item.
  const line = text.slice(text.lastIndexOf("\n", last.at - 1) + 1, last.at);
  const [, indent, gap] = /^(\s*)-( *)/.exec(line) ?? [];
  return indent === undefined ? undefined : insertLine(text, last.end, `${indent}-${gap || " "}${item}`);
}

/** A line behind the one that holds an offset. */
function insertLine(text: string, at: number, line: string): Edit {
  const found = text.indexOf("\n", at);
  const end = found < 0 ? text.length : found - (text[found - 1] === "\r" ? 1 : 0);
  return insert(end, lineEnd(text) + line);
}

function insert(at: number, text: string): Edit {
  return { at, end: at, text };
}

/** Blanks as wide as what stands before an offset on its line. */
function indentOf(text: string, at: number): string {
  return " ".repeat(at - (text.lastIndexOf("\n", at - 1) + 1));
}

function lineEnd(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}
