import { html } from "hono/html";
import type { TimeSpan } from "../../app/outline-run.ts";
import type { Html } from "./html.ts";

const WIDTH = 1_000;
/** Of what took no time at all. */
const LEAST = 4;

/** When something was at work within a time: a picture of what stands beside it in words. */
export function timeTrack(spans: readonly TimeSpan[], { from, to }: TimeSpan, tone: "good" | "bad"): Html {
  const scale = WIDTH / Math.max(1, to - from);
  const path = spans.map((span) => {
    const width = Math.max(LEAST, (span.to - span.from) * scale);
    const left = Math.min((span.from - from) * scale, WIDTH - width);
    return `M${left.toFixed(1)} 0h${width.toFixed(1)}v100h-${width.toFixed(1)}z`;
  });
  return html`<svg class="bars" viewBox="0 0 ${WIDTH} 100" preserveAspectRatio="none" aria-hidden="true"><path class="${tone}" d="${path.join("")}"/></svg>`;
}

/** The time that some spans lie in; undefined where there are none. */
export function spanOf(spans: readonly TimeSpan[]): TimeSpan | undefined {
  if (spans.length === 0) return undefined;
  const reach = (a: TimeSpan, b: TimeSpan) => ({ from: Math.min(a.from, b.from), to: Math.max(a.to, b.to) });
  return spans.reduce(reach);
}
