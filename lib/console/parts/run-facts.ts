import { html } from "hono/html";
import type { RunView } from "../../app/describe-run.ts";
import { senderOf } from "../../app/sender-of.ts";
import { duration } from "../../core/duration.ts";
import type { DeliveryFacts } from "../../core/run.ts";
import { facts } from "./facts.ts";
import type { Html } from "./html.ts";
import { bytes, money, when } from "./measures.ts";

/** When a run was made and ended, what it cost, where it comes from, and what came of it. */
export function runFacts(run: RunView, delivery: DeliveryFacts | undefined): Html {
  const [created, started, finished] = [run.created_at, run.started_at, run.finished_at].map((iso) =>
    iso === null ? undefined : Date.parse(iso),
  );
  const { parent, chunk, replay_of: replayOf } = run;
  return html`<section class="card" aria-label="Facts" id="facts" data-rev="${run.status} ${run.attempts}">${facts(
    [
      ["Created", when(created)],
      ["Started", when(started)],
      ["Finished", when(finished)],
      ["Took", created === undefined || finished === undefined ? undefined : duration(finished - created)],
      ["Attempts", String(run.attempts)],
      ["Cost", run.cost_usd > 0 ? money(run.cost_usd) : undefined],
      ["Saved by the cache", run.saved_usd > 0 ? money(run.saved_usd) : undefined],
      [
        "Version",
        html`<a href="/workflows/${run.workflow}?version=${run.hash.slice(0, 12)}"><code>${run.hash.slice(0, 12)}</code></a>`,
      ],
      ["Delivery", delivery && `${bytes(delivery.bytes)} from ${senderOf(delivery)}`],
      [
        "Started by",
        parent ? html`${runLink(parent.run_id)} at step <code>${parent.path}</code>` : undefined,
      ],
      [
        "Part of a loop",
        chunk ? `${chunk.number + 1} of ${chunk.of}, from item ${chunk.first_item} on` : undefined,
      ],
      [
        "Replay of",
        replayOf
          ? html`${runLink(replayOf.run_id)}${replayOf.edited ? ", with an edited event" : ""}`
          : undefined,
      ],
      ["Replayed as", listed(run.replays)],
      [
        "Redriven",
        run.redrives.length === 0
          ? undefined
          : html`${run.redrives.map(({ at }) => html`<span>${when(Date.parse(at))}</span> `)}`,
      ],
      ["Started runs", listed(run.children.map(({ run_id }) => run_id))],
    ],
  )}</section>`;
}

// Of more runs not every link helps.
const MOST_LINKS = 20;

function listed(ids: readonly string[]): Html | undefined {
  if (ids.length === 0) return undefined;
  const more = ids.length > MOST_LINKS ? ` and ${ids.length - MOST_LINKS} more` : "";
  return html`${ids.slice(0, MOST_LINKS).map((id) => html`${runLink(id)} `)}${more}`;
}

function runLink(id: string): Html {
  return html`<a href="/runs/${id}"><code>${id}</code></a>`;
}
