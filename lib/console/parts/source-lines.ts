import { html } from "hono/html";
import { type YamlToken, yamlLines } from "../../language/yaml-tokens.ts";
import type { Html } from "./html.ts";

/** Lines of a workflow's file. */
interface Source {
  readonly file: string;
  readonly text: string;
  /** The one that is looked at, from 1. */
  readonly line?: number;
  /** What is said of lines, to which others lead as `#line-N`. */
  readonly marks?: ReadonlyMap<number, string>;
}

/** The lines of a workflow's file with their numbers: some around one, which is marked, in words too; or all of them. */
export function sourceLines({ file, line, text, marks }: Source, around = Number.POSITIVE_INFINITY): Html {
  const lines = yamlLines(text.replace(/\n$/, ""));
  const from = line === undefined ? 0 : Math.max(0, line - 1 - around);
  const shown = lines.slice(from, line === undefined ? lines.length : line + around);
  const place = line === undefined ? file : `${file}:${line}`;
  return html`<figure class="source"><figcaption><code>${place}</code></figcaption><pre tabindex="0" class="source${line === undefined ? " whole" : ""}">${shown.map(
    (tokens, index) => {
      const number = from + index + 1;
      return sourceLine(
        tokens,
        number,
        number === line ? "this step" : marks?.get(number),
        marks !== undefined,
      );
    },
  )}</pre></figure>`;
}

function sourceLine(
  tokens: readonly YamlToken[],
  number: number,
  mark: string | undefined,
  isPlace: boolean,
): Html {
  const text = tokens.map(({ kind, text }) =>
    kind === "space" || kind === "text" ? text : html`<span class="${kind}">${text}</span>`,
  );
  if (mark === undefined) return html`<span><i>${number}</i>${text}</span>`;
  return html`<span class="marked"${isPlace ? html` id="line-${number}"` : ""}><i>${number}</i>${text}<b class="unseen"> ← ${mark}</b></span>`;
}
