import type { ChangelogEntry } from "../core/workflow.ts";

const VERSION = /^v?(\d\S*)\s+-\s+(\d{4}-\d{2}-\d{2})$/;

/** The changelog in a file's leading comment: `# v1.2.0 - 2024-11-25` followed by `# - text` lines; newest as written. */
export function readChangelog(text: string): readonly ChangelogEntry[] {
  const entries: { version: string; date: string; changes: string[] }[] = [];
  for (const line of leadingComment(text)) {
    const [, version, date] = VERSION.exec(line.trim()) ?? [];
    if (version !== undefined && date !== undefined) {
      entries.push({ version, date, changes: [] });
      continue;
    }
    const changes = entries.at(-1)?.changes;
    const [, indent = "", bullet, said = ""] = /^(\s*)(- +)?(.*)$/.exec(line.trimEnd()) ?? [];
    if (!changes || said === "") continue;
    if (bullet !== undefined) changes.push(said);
    // A line that is indented further than a bullet goes on with the change above it.
    else if (indent.length > 1 && changes.length > 0) changes.push(`${changes.pop()} ${said}`);
  }
  return entries;
}

/** How the YAML language server and JetBrains' editors are told a file's schema. */
const MODELINE = /^#\s*(?:yaml-language-server\s*:|\$schema\s*:)/;

/** The comment lines before anything else, without their `#` and without those for editors. */
function* leadingComment(text: string): Generator<string> {
  for (const line of text.split("\n")) {
    if (MODELINE.test(line)) continue;
    if (line.startsWith("#")) yield line.slice(1);
    else if (line.trim() !== "") return;
  }
}
