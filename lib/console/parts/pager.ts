import { html } from "hono/html";
import type { Html } from "./html.ts";

/** Links to the first page and to the next one of a list; each only where it leads elsewhere. */
export function pager(links: {
  readonly first?: string | undefined;
  readonly next?: string | undefined;
}): Html {
  const { first, next } = links;
  if (first === undefined && next === undefined) return "";
  return html`<nav class="pager" aria-label="Pages">${first === undefined ? "" : html`<a href="${first}">« First</a>`}${
    next === undefined ? "" : html`<a href="${next}" rel="next">Next ›</a>`
  }</nav>`;
}
