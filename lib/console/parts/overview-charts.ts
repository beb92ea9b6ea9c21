import { html } from "hono/html";
import type { OverviewBucket, OverviewNumbers, OverviewPart } from "../../app/overview.ts";
import { duration } from "../../core/duration.ts";
import type { MetricWindow } from "../../core/ports/metric-reader.ts";
import { type ChartSeries, chart } from "./chart.ts";
import type { Html } from "./html.ts";
import { counted, money, plain, when } from "./measures.ts";

/** What happened to events over time, as charts, and period by period as a table. */
export function overviewCharts({ buckets, total }: OverviewPart, window: MetricWindow): Html {
  const { from, to, periodSeconds } = window;
  const ends = { from, to };
  const times = (name: "p50Ms" | "p99Ms") => buckets.map((bucket) => bucket[name] ?? 0);
  return html`<section class="charts" aria-label="Charts">${[
    chart({
      ...ends,
      id: "accepted",
      title: "Events that became runs",
      inWords: plain,
      series: [
        {
          name: "accepted",
          tone: "busy",
          total: plain(total.accepted),
          values: valuesOf(buckets, "accepted"),
        },
      ],
    }),
    chart({
      ...ends,
      id: "ended",
      title: "How runs ended",
      inWords: plain,
      series: endsOf({ buckets, total }),
    }),
    chart({
      ...ends,
      id: "took",
      title: "Time at work",
      layered: true,
      inWords: duration,
      series: [
        {
          name: "99th percentile, longest",
          tone: "calm",
          total: timeOf(total.longestMs),
          values: times("p99Ms"),
        },
        { name: "median, average", tone: "busy", total: timeOf(total.averageMs), values: times("p50Ms") },
      ],
    }),
    chart({
      ...ends,
      id: "spent",
      title: "Spent on models",
      inWords: money,
      series: [
        { name: "spent", tone: "odd", total: money(total.spentUsd), values: valuesOf(buckets, "spentUsd") },
      ],
    }),
  ]}</section>
<details class="card"><summary>The numbers, each ${periodName(periodSeconds)}</summary><div id="numbers" data-rev="${JSON.stringify([from, total])}">${numbersTable(buckets)}</div></details>`;
}

/** How runs ended, over time. */
export function endsOf({ buckets, total }: OverviewPart): readonly ChartSeries[] {
  const one = (name: "succeeded" | "failed" | "dropped", tone: ChartSeries["tone"]) => ({
    name,
    tone,
    total: plain(total[name]),
    values: valuesOf(buckets, name),
  });
  return [one("succeeded", "good"), one("dropped", "odd"), one("failed", "bad")];
}

function numbersTable(buckets: readonly OverviewBucket[]): Html {
  const said = buckets.filter(({ accepted, succeeded, failed, dropped, spentUsd }) =>
    [accepted, succeeded, failed, dropped, spentUsd].some((value) => value > 0),
  );
  return html`<div class="scroll" tabindex="0"><table class="list numbers"><caption>Newest first; periods without anything are left out</caption>
<thead><tr><th scope="col">From</th><th scope="col" class="number">Accepted</th><th scope="col" class="number">Succeeded</th><th scope="col" class="number">Failed</th><th scope="col" class="number">Dropped</th><th scope="col" class="number">Median</th><th scope="col" class="number">99th percentile</th><th scope="col" class="number">Spent</th></tr></thead>
<tbody>${said.toReversed().map(rowOf)}</tbody></table></div>`;
}

function rowOf({ at, accepted, succeeded, failed, dropped, p50Ms, p99Ms, spentUsd }: OverviewBucket): Html {
  const cells = [
    ...[accepted, succeeded, failed, dropped].map(plain),
    ...[p50Ms, p99Ms].map(timeOf),
    money(spentUsd),
  ];
  return html`<tr><th scope="row">${when(at)}</th>${cells.map((text) => html`<td class="number">${text}</td>`)}</tr>`;
}

function valuesOf(buckets: readonly OverviewBucket[], name: keyof OverviewNumbers): readonly number[] {
  return buckets.map((bucket) => bucket[name]);
}

function timeOf(ms: number | undefined): string {
  return ms === undefined ? "–" : duration(ms);
}

function periodName(seconds: number): string {
  const [count, noun] = seconds < 3600 ? [seconds / 60, "minute"] : [seconds / 3600, "hour"];
  return count === 1 ? noun : counted(count, noun);
}
