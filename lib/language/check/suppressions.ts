import type { Finding } from "../problem-log.ts";

/** What the comments of a file switch off. */
export interface Suppressions {
  /** True when the line, or the whole file, is not to be told of this rule. */
  covers(id: string, line: number): boolean;
  /** Names in such comments that no rule has. */
  readonly unknown: readonly Finding[];
}

const COMMENT = /#[ \t]*hookline-disable(-line|-next-line)?(?![\w-])[ \t]*([^\n\r]*)/g;

/**
 * Reads `# hookline-disable RULE` (the file), `# hookline-disable-line RULE` and `# hookline-disable-next-line RULE`; rules
 * are parted by commas or blanks, and what follows `--` is for people. Without a rule nothing is switched off.
 */
export function readSuppressions(
  text: string,
  isRule: (id: string) => boolean,
  lineOf: (at: number) => number,
): Suppressions {
  const covered = new Set<string>();
  const unknown: Finding[] = [];
  for (const match of text.matchAll(COMMENT)) {
    const [whole, reach = "", rest = ""] = match;
    const [names = ""] = rest.split("--");
    const line = lineOf(match.index);
    const where = reach === "" ? "file" : String(reach === "-line" ? line : line + 1);
    const ids = names.split(/[\s,]+/).filter((name) => name !== "");
    for (const id of ids) {
      if (isRule(id)) covered.add(`${where} ${id}`);
      else unknown.push(note(match.index, `there is no rule "${id}" to switch off`));
    }
    if (ids.length === 0)
      unknown.push(note(match.index, `${whole.trim()} names no rule, and switches nothing off`));
  }
  return { covers: (id, line) => covered.has(`file ${id}`) || covered.has(`${line} ${id}`), unknown };
}

function note(at: number, message: string): Finding {
  return { id: "unknown-rule", severity: "note", at, message, hint: "docs/rules.md lists the rules" };
}
