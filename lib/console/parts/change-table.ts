import { html } from "hono/html";
import type { ValueChange } from "../../app/diff-values.ts";
import { excerpt } from "../../core/excerpt.ts";
import { formatJson, type Json } from "../../core/json.ts";
import type { Html } from "./html.ts";

const MOST_CHANGES = 100;
const LONGEST_VALUE = 1_000;

/** What differs between two states, key by key. */
export function changeTable(changes: readonly ValueChange[], caption: string): Html {
  if (changes.length === 0) return html`<p class="quiet">It changed nothing of the state.</p>`;
  const more = changes.length - MOST_CHANGES;
  return html`<table class="diff"><caption>${caption}</caption><thead><tr><th scope="col">Key</th><th scope="col">Before</th><th scope="col">After</th></tr></thead>
<tbody>${changes.slice(0, MOST_CHANGES).map(changeRow)}</tbody></table>${more > 0 ? html`<p class="quiet">And ${more} more.</p>` : ""}`;
}

function changeRow({ field, before, after }: ValueChange): Html {
  return html`<tr><th scope="row"><code>${field}</code></th><td>${before === undefined ? html`<span class="quiet">–</span>` : html`<del>${shown(before)}</del>`}</td><td>${
    after === undefined ? html`<span class="quiet">gone</span>` : html`<ins>${shown(after)}</ins>`
  }</td></tr>`;
}

function shown(value: Json): string {
  return excerpt(typeof value === "string" ? value : formatJson(value), LONGEST_VALUE);
}
