import { html } from "hono/html";
import { excerpt } from "../../core/excerpt.ts";
import type { Json } from "../../core/json.ts";
import type { Html } from "./html.ts";

// What a page shows of one value; the whole of it is a page of its own, or what `runs show --json` prints.
const MOST_SHOWN = 20_000;

/** A value as indented JSON, texts of several lines as they are. Long ones are cut, and say so. */
export function jsonView(value: Json, most = MOST_SHOWN): Html {
  const text = typeof value === "string" && value.includes("\n") ? value : JSON.stringify(value, null, 2);
  return html`<pre tabindex="0" class="json">${excerpt(text, most)}</pre>${cutNote(text.length, most)}`;
}

/** Says how much is not shown. */
function cutNote(length: number, most: number): Html {
  return length > most
    ? html`<p class="quiet">The first ${most.toLocaleString("en-US")} of ${length.toLocaleString("en-US")} characters.</p>`
    : "";
}
