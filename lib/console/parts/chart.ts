import { html } from "hono/html";
import type { Html } from "./html.ts";
import { when } from "./measures.ts";

/** What one colour of a chart stands for. */
export interface ChartSeries {
  readonly name: string;
  readonly tone: "good" | "bad" | "odd" | "busy" | "calm";
  /** What it comes to in the whole time, in words. */
  readonly total: string;
  /** Of each period, oldest first. */
  readonly values: readonly number[];
}

/** Bars over time, of one or more series. */
export interface Chart {
  /** Unique on its page. */
  readonly id: string;
  readonly title: string;
  readonly series: readonly ChartSeries[];
  /** Layered bars all begin at the bottom, later ones before earlier ones; default: each stands on the one before. */
  readonly layered?: boolean;
  /** A value in words. */
  readonly inWords: (value: number) => string;
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
}

const HEIGHT = 100;
/** Height of the least that can be seen: one failure among ten thousand successes is still there. */
const LEAST = 2;
const BAR = 0.8;

/** A chart with what its colours stand for, its highest value and its ends in words, since the picture alone says nothing to some. */
export function chart({ id, title, series, layered = false, inWords, from, to }: Chart): Html {
  const highest = inWords(highestOf(series, layered));
  const rev = [from, highest, ...series.map(({ total }) => total)].join(" ");
  const words = series.map(({ name, total }) => `${name} ${total}`).join(", ");
  return html`<figure class="card chart" id="${id}" data-rev="${rev}"><figcaption><h2>${title}</h2><p>${series.map(
    ({ name, tone, total }) => html`<span class="legend ${tone}">${name} <strong>${total}</strong></span> `,
  )}<span class="quiet">highest ${highest}</span></p></figcaption>
<svg class="bars" viewBox="0 0 ${periodsIn(series)} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-labelledby="${id}-title ${id}-words"><title id="${id}-title">${title}</title><desc id="${id}-words">${words}; at most ${highest} in a period.</desc>${bars(series, layered)}</svg>
<p class="ends quiet">${when(from)}${when(to)}</p></figure>`;
}

/** The bars alone, for a line of a table that says the numbers. */
export function sparkline(series: readonly ChartSeries[]): Html {
  return html`<svg class="bars" viewBox="0 0 ${periodsIn(series)} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">${bars(series, false)}</svg>`;
}

function bars(series: readonly ChartSeries[], layered: boolean): readonly Html[] {
  const scale = (HEIGHT - LEAST * series.length) / (highestOf(series, layered) || 1);
  const bottoms = new Array<number>(periodsIn(series)).fill(HEIGHT);
  return series.map(({ tone, values }) => {
    const path = values.map((value, nth) => {
      if (value <= 0) return "";
      const height = Math.max(LEAST, value * scale);
      const bottom = bottoms[nth] ?? HEIGHT;
      if (!layered) bottoms[nth] = bottom - height;
      return `M${nth} ${bottom.toFixed(1)}v-${height.toFixed(1)}h${BAR}v${height.toFixed(1)}z`;
    });
    return html`<path class="${tone}" d="${path.join("")}"/>`;
  });
}

function periodsIn(series: readonly ChartSeries[]): number {
  return Math.max(1, ...series.map(({ values }) => values.length));
}

function highestOf(series: readonly ChartSeries[], layered: boolean): number {
  const heights = Array.from({ length: periodsIn(series) }, (_none, nth) => {
    const values = series.map(({ values }) => values[nth] ?? 0);
    return layered ? Math.max(...values) : values.reduce((sum, value) => sum + value, 0);
  });
  return Math.max(...heights);
}
