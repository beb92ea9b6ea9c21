import { html } from "hono/html";
import { type EventLetter, type RunLetter, type StageLetter, stageLetters } from "../../app/stage-letters.ts";
import { excerpt } from "../../core/excerpt.ts";
import { isDeployedTo } from "../../core/workflow.ts";
import type { AddPage } from "../console-app.ts";
import { answerPage } from "../layout.ts";
import type { Html } from "../parts/html.ts";
import { when } from "../parts/measures.ts";
import { statusBadge } from "../parts/status-badge.ts";

// Reading is receiving: what is looked at is hidden from others meanwhile, so not all of a long queue is.
const MOST_READ = 100;
// What no code of ours wrote is shown as far as a line goes.
const LONGEST_BODY = 200;

/** What lies in the dead-letter queues of runs and of the inbox, the oldest first. */
export const addDeadLettersPage: AddPage = (app, { operator, letterBoxes, inputs, name }) => {
  app.get("/dead-letters", async (context) => {
    const found: StageLetter[] = [];
    let isMore = false;
    for await (const letter of stageLetters(operator.store, letterBoxes)) {
      isMore = found.length === MOST_READ;
      if (isMore) break;
      found.push(letter);
    }
    found.sort((a, b) => a.sentAt - b.sentAt);
    const readsQueues = inputs.all().some((entry) => entry.queue !== undefined && isDeployedTo(name, entry));
    return answerPage(context, {
      title: "Dead letters",
      section: "/dead-letters",
      main: html`<h1>Dead letters</h1>
<p class="quiet">Messages of runs that failed for good, and of events that could not be stored. They stay for 14 days; <code>hookline dlq redrive</code> and <code>dlq purge</code> put many in order at once.</p>
${found.length === 0 ? html`<p class="empty">No dead letters.</p>` : lettersTable(found)}
${isMore ? html`<p class="quiet">There are more: these are the first ${MOST_READ} that the queues gave.</p>` : ""}
${readsQueues ? html`<p class="quiet">Queues that workflows read have dead-letter queues of their own, which the console may not read: <code>hookline dlq list --of events</code> does.</p>` : ""}`,
    });
  });
};

function lettersTable(letters: readonly StageLetter[]): Html {
  return html`<table class="list"><caption>Dead letters, oldest first</caption>
<thead><tr><th scope="col">The run is</th><th scope="col">Run</th><th scope="col">Sent</th></tr></thead>
<tbody>${letters.map(rowOf)}</tbody></table>`;
}

function rowOf(letter: StageLetter): Html {
  const { messageId, sentAt } = letter;
  const { status, what, why } = letter.kind === "run" ? runCells(letter) : eventCells(letter);
  return html`<tr id="letter-${messageId}"><td>${status}</td><td>${what}<p class="why">${why}</p></td><td>${when(sentAt)}</td></tr>`;
}

function runCells(letter: RunLetter): Cells {
  const { runId, run } = letter;
  return {
    status: run ? statusBadge(run.status) : html`<span class="quiet">not kept</span>`,
    what:
      runId === undefined
        ? notUnderstood(letter)
        : html`<a href="/runs/${encodeURIComponent(runId)}"><strong>${run?.workflow ?? "–"}</strong> <code>${runId}</code></a>`,
    why: reasonOf(letter) ?? "The queue gave it up: no runner could take it.",
  };
}

function eventCells(letter: EventLetter): Cells {
  const { event, messageId } = letter;
  return {
    status: html`<span class="quiet">not made</span>`,
    what: event
      ? html`<strong>${event.workflow}</strong> ${event.what} <code>${messageId}</code>`
      : html`${notUnderstood(letter)} <code>${messageId}</code>`,
    why: reasonOf(letter) ?? "The queue gave it up: it could not be stored. The log of the inbox says why.",
  };
}

interface Cells {
  readonly status: Html;
  readonly what: Html;
  readonly why: Html | string;
}

function notUnderstood({ body }: StageLetter): Html {
  return html`<span class="quiet">Not understood:</span> <code>${excerpt(body, LONGEST_BODY)}</code>`;
}

function reasonOf({ reason }: StageLetter): Html | undefined {
  if (!reason) return undefined;
  return html`<b>${reason.class}</b>${reason.step == null ? "" : html` at step <code>${reason.step}</code>`} ${reason.message}`;
}
