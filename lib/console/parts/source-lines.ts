import { html } from "hono/html";
import type { Html } from "./html.ts";

/** Some lines of a file around one, with their numbers; that one is marked, in words too. */
export function sourceLines(
  { file, line, text }: { readonly file: string; readonly line: number; readonly text: string },
  around = Number.POSITIVE_INFINITY,
): Html {
  const lines = text.replace(/\n$/, "").split("\n");
  const from = Math.max(0, line - 1 - around);
  const shown = lines.slice(from, line + around);
  return html`<figure class="source"><figcaption><code>${file}:${line}</code></figcaption><pre tabindex="0" class="source">${shown.map(
    (one, index) => sourceLine(one, from + index + 1, line),
  )}</pre></figure>`;
}

function sourceLine(text: string, number: number, marked: number): Html {
  if (number !== marked) return html`<span><i>${number}</i>${text}</span>`;
  return html`<span class="marked"><i>${number}</i>${text}<b class="unseen"> ← this step</b></span>`;
}
