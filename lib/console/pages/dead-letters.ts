import { html } from "hono/html";
import { type RunLetter, runLetters } from "../../app/run-letters.ts";
import { excerpt } from "../../core/excerpt.ts";
import type { AddPage } from "../console-app.ts";
import { answerPage } from "../layout.ts";
import type { Html } from "../parts/html.ts";
import { when } from "../parts/measures.ts";
import { statusBadge } from "../parts/status-badge.ts";

// Reading is receiving: what is looked at is hidden from others meanwhile, so not all of a long queue is.
const MOST_READ = 100;
// What no code of ours wrote is shown as far as a line goes.
const LONGEST_BODY = 200;

/** What lies in the dead-letter queue, the oldest first. */
export const addDeadLettersPage: AddPage = (app, { operator, deadLetters }) => {
  app.get("/dead-letters", async (context) => {
    const found: RunLetter[] = [];
    let isMore = false;
    for await (const letter of runLetters(operator.store, deadLetters)) {
      isMore = found.length === MOST_READ;
      if (isMore) break;
      found.push(letter);
    }
    found.sort((a, b) => a.sentAt - b.sentAt);
    return answerPage(context, {
      title: "Dead letters",
      section: "/dead-letters",
      main: html`<h1>Dead letters</h1>
<p class="quiet">Messages of runs that failed for good. They stay for 14 days; <code>hookline dlq redrive</code> and <code>dlq purge</code> put many in order at once.</p>
${found.length === 0 ? html`<p class="empty">No dead letters.</p>` : lettersTable(found)}
${isMore ? html`<p class="quiet">There are more: these are the first ${MOST_READ} that the queue gave.</p>` : ""}`,
    });
  });
};

function lettersTable(letters: readonly RunLetter[]): Html {
  return html`<table class="list"><caption>Dead letters, oldest first</caption>
<thead><tr><th scope="col">The run is</th><th scope="col">Run</th><th scope="col">Sent</th></tr></thead>
<tbody>${letters.map(rowOf)}</tbody></table>`;
}

function rowOf({ messageId, runId, run, reason, body, sentAt }: RunLetter): Html {
  const status = run ? statusBadge(run.status) : html`<span class="quiet">not kept</span>`;
  const what =
    runId === undefined
      ? html`<span class="quiet">Not understood:</span> <code>${excerpt(body, LONGEST_BODY)}</code>`
      : html`<a href="/runs/${encodeURIComponent(runId)}"><strong>${run?.workflow ?? "–"}</strong> <code>${runId}</code></a>`;
  const why = reason
    ? html`<b>${reason.class}</b>${reason.step == null ? "" : html` at step <code>${reason.step}</code>`} ${reason.message}`
    : "The queue gave it up: no runner could take it.";
  return html`<tr id="letter-${messageId}"><td>${status}</td><td>${what}<p class="why">${why}</p></td><td>${when(sentAt)}</td></tr>`;
}
