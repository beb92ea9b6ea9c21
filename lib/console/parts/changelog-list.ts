import { html } from "hono/html";
import type { ChangelogEntry } from "../../core/workflow.ts";
import type { Html } from "./html.ts";

/** What a file says of its own versions; nothing where it says nothing. */
export function changelogList(entries: readonly ChangelogEntry[]): Html {
  if (entries.length === 0) return "";
  return html`<section class="card" aria-labelledby="changelog-title"><h2 id="changelog-title">Changelog</h2>${entries.map(
    ({ version, date, changes }) =>
      html`<p><strong>${version}</strong> <span class="quiet">${date}</span></p><ul>${changes.map((change) => html`<li>${change}</li>`)}</ul>`,
  )}</section>`;
}
