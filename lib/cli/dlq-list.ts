import type { StageLetter } from "../app/stage-letters.ts";
import { excerpt } from "../core/excerpt.ts";
import type { JsonObject } from "../core/json.ts";
import { columns } from "./columns.ts";
import { EXIT } from "./exit.ts";
import type { HistoryOptions } from "./history.ts";
import { onInterrupt } from "./interrupt.ts";
import { jsonText } from "./json-text.ts";
import { localIso } from "./local-time.ts";
import {
  idOfLetter,
  isForeign,
  type LetterFilter,
  selectLetters,
  workflowOf,
} from "./operate/select-letters.ts";
import { printableLine } from "./printable.ts";
import { withStage } from "./stage.ts";

/** Options of `dlq list`. */
export interface DlqListOptions extends HistoryOptions, LetterFilter {
  readonly limit: number;
  readonly json?: boolean;
}

const HEAD = ["SENT", "RUN OR MESSAGE", "WORKFLOW", "RUN IS", "REASON"];
// A message that no code of ours wrote is shown as far as a line goes; --json has it whole.
const LONGEST_BODY = 200;

/** Prints what lies in the dead-letter queues and puts it all back. */
export async function listDeadLetters(options: DlqListOptions): Promise<number> {
  return withStage(options, async (stage) => {
    let isStopped = false;
    const stopListening = onInterrupt(() => {
      isStopped = true;
    });
    const found: StageLetter[] = [];
    let isMore = false;
    try {
      for await (const letter of selectLetters(stage, [], options).items()) {
        isMore = found.length === options.limit;
        if (isMore || isStopped) break;
        found.push(letter);
      }
    } finally {
      stopListening();
    }
    found.sort((a, b) => a.sentAt - b.sentAt);
    if (options.json) process.stdout.write(`${jsonText(found.map(viewOf))}\n`);
    else if (found.length === 0) process.stderr.write("No messages.\n");
    else process.stdout.write(`${columns([HEAD, ...found.map(rowOf)]).join("\n")}\n`);
    if (isMore) process.stderr.write(`There are more: --limit is ${options.limit}.\n`);
    return isStopped ? EXIT.interrupted : EXIT.ok;
  });
}

function rowOf(letter: StageLetter): string[] {
  const { sentAt, body } = letter;
  const why = isForeign(letter)
    ? `not understood: ${excerpt(body, LONGEST_BODY)}`
    : letter.kind === "run"
      ? (reasonText(letter) ?? "the queue gave it up: no runner could take it")
      : `${letter.event?.what}, ${reasonText(letter) ?? "the queue gave it up: it could not be stored"}`;
  const id = letter.kind === "run" ? (letter.runId ?? "–") : idOfLetter(letter);
  return [localIso(sentAt), id, workflowOf(letter) ?? "–", runIs(letter), why].map(printableLine);
}

function runIs(letter: StageLetter): string {
  if (letter.kind === "event") return "not made";
  return letter.runId === undefined ? "–" : (letter.run?.status ?? "not kept");
}

function reasonText({ reason }: StageLetter): string | undefined {
  if (!reason) return undefined;
  return `${reason.class}${reason.step == null ? "" : ` at step ${reason.step}`}: ${reason.message}`;
}

function viewOf(letter: StageLetter): JsonObject {
  const { messageId, sentAt, runId, reason, body } = letter;
  return {
    message_id: messageId,
    sent_at: new Date(sentAt).toISOString(),
    queue: letter.kind === "run" ? "runs" : letter.queue,
    run_id: runId ?? null,
    workflow: workflowOf(letter) ?? null,
    run_status: (letter.kind === "run" && letter.run?.status) || null,
    event: (letter.kind === "event" && letter.event?.what) || null,
    reason: reason ? { class: reason.class, message: reason.message, step: reason.step } : null,
    body,
  };
}
