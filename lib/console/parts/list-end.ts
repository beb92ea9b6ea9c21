import { html } from "hono/html";
import type { Html } from "./html.ts";
import { when } from "./measures.ts";
import { cursorText, type PageCursor } from "./page-cursor.ts";
import { pager } from "./pager.ts";
import { queryLink } from "./query-link.ts";

/** What stands below a page of a list: how far back it looked where that was not for being full, and where the list goes on. */
export function listEnd(
  path: string,
  filter: { readonly [name: string]: string | undefined },
  page: {
    readonly after: PageCursor | undefined;
    readonly next: PageCursor | undefined;
    readonly isFull: boolean;
  },
): Html {
  const { after, next, isFull } = page;
  return html`${next && !isFull ? html`<p class="quiet">Looked back as far as ${when(next.createdAt)}: the next page goes on there.</p>` : ""}
${pager({
  first: after && queryLink(path, filter),
  next: next && queryLink(path, { ...filter, after: cursorText(next) }),
})}`;
}
