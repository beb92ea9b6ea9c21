import type { AnyStep } from "../../core/step.ts";
import { markdownTable } from "./markdown-table.ts";

/** The Markdown table of step types, each with a link to its page in `folder`: default key and summary. */
export function stepTable(stepTypes: ReadonlyMap<string, AnyStep>, folder: string): string {
  const rows = [...stepTypes.values()].map(({ type, defaultOutput, summary }) => [
    `[\`${type}\`](${folder}${type}.md)`,
    defaultOutput === null ? "–" : `\`${defaultOutput}\``,
    summary,
  ]);
  return markdownTable(["step", "default key", "what it does"], rows);
}
