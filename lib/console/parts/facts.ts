import { html } from "hono/html";
import type { Html } from "./html.ts";

/** A name and what is known under it; what is undefined is left out. */
export type Fact = readonly [name: string, value: Html | string | undefined];

/** Facts as a list of terms. */
export function facts(all: readonly Fact[]): Html {
  const known = all.filter(([, value]) => value !== undefined);
  return html`<dl class="facts">${known.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}
