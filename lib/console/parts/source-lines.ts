import { html } from "hono/html";
import { type YamlToken, yamlLines } from "../../language/yaml-tokens.ts";
import type { Html } from "./html.ts";

/** The lines of a workflow's file with their numbers: some around one, which is marked, in words too; or all of them. */
export function sourceLines(
  { file, line, text }: { readonly file: string; readonly line?: number; readonly text: string },
  around = Number.POSITIVE_INFINITY,
): Html {
  const lines = yamlLines(text.replace(/\n$/, ""));
  const from = line === undefined ? 0 : Math.max(0, line - 1 - around);
  const shown = lines.slice(from, line === undefined ? lines.length : line + around);
  const place = line === undefined ? file : `${file}:${line}`;
  return html`<figure class="source"><figcaption><code>${place}</code></figcaption><pre tabindex="0" class="source${line === undefined ? " whole" : ""}">${shown.map(
    (tokens, index) => sourceLine(tokens, from + index + 1, line),
  )}</pre></figure>`;
}

function sourceLine(tokens: readonly YamlToken[], number: number, marked: number | undefined): Html {
  const text = tokens.map(({ kind, text }) =>
    kind === "space" || kind === "text" ? text : html`<span class="${kind}">${text}</span>`,
  );
  if (number !== marked) return html`<span><i>${number}</i>${text}</span>`;
  return html`<span class="marked"><i>${number}</i>${text}<b class="unseen"> ← this step</b></span>`;
}
