import { presets } from "../../webhooks/presets.ts";
import { SIGNED_PARTS } from "../../webhooks/signed-bytes.ts";
import { markdownTable } from "./markdown-table.ts";

/** The table of all presets, in Markdown. */
export function presetTable(): string {
  return markdownTable(
    ["preset", "service", "secret or key", "dedupe key", "what is not covered"],
    [...presets.values()].map(({ name, title, docs, secretName, secretHint, dedupeKey, limits }) => [
      `\`${name}\``,
      `[${title}](${docs})`,
      `\`${secretName}\`: ${secretHint}`,
      dedupeKey === undefined ? "–" : `\`${dedupeKey}\``,
      limits ?? "",
    ]),
  );
}

/** The table of what a template of signed text may read, in Markdown. */
export function signedPartsTable(): string {
  return markdownTable(
    ["part", "what it is"],
    Object.entries(SIGNED_PARTS).map(([name, meaning]) => [`\`\${${name}}\``, meaning]),
  );
}
