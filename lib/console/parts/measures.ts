import { html } from "hono/html";
import type { Html } from "./html.ts";

/** A time, milliseconds since the epoch, in UTC; the script shows it in the reader's own zone. */
export function when(ms: number | undefined): Html {
  if (ms === undefined) return html`<span class="quiet">–</span>`;
  const iso = new Date(ms).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 19)}<span class="quiet">Z</span></time>`;
}

/** US dollars; small sums to two digits that say something. */
export function money(usd: number): string {
  if (usd === 0) return "$0";
  return usd >= 1 ? `$${usd.toFixed(2)}` : `$${Number(usd.toPrecision(2))}`;
}

/** Bytes in units of 1,000. */
export function bytes(count: number): string {
  if (count < 1_000) return `${count} B`;
  return count < 1_000_000 ? `${(count / 1_000).toFixed(1)} kB` : `${(count / 1_000_000).toFixed(1)} MB`;
}

/** A count alone. */
export function plain(count: number): string {
  return count.toLocaleString("en-US");
}

/** A count with its noun. */
export function counted(count: number, noun: string): string {
  return `${plain(count)} ${noun}${count === 1 ? "" : "s"}`;
}
