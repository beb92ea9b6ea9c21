import type { RunLetter } from "../app/run-letters.ts";
import { excerpt } from "../core/excerpt.ts";
import type { JsonObject } from "../core/json.ts";
import { columns } from "./columns.ts";
import { EXIT } from "./exit.ts";
import type { HistoryOptions } from "./history.ts";
import { onInterrupt } from "./interrupt.ts";
import { jsonText } from "./json-text.ts";
import { localIso } from "./local-time.ts";
import { type LetterFilter, selectLetters } from "./operate/select-letters.ts";
import { printableLine } from "./printable.ts";
import { withStage } from "./stage.ts";

/** Options of `dlq list`. */
export interface DlqListOptions extends HistoryOptions, LetterFilter {
  readonly limit: number;
  readonly json?: boolean;
}

const HEAD = ["SENT", "RUN", "WORKFLOW", "RUN IS", "REASON"];
// A message that no code of ours wrote is shown as far as a line goes; --json has it whole.
const LONGEST_BODY = 200;

/** Prints what lies in the dead-letter queue and puts it all back. */
export async function listDeadLetters(options: DlqListOptions): Promise<number> {
  return withStage(options, async (stage) => {
    let isStopped = false;
    const stopListening = onInterrupt(() => {
      isStopped = true;
    });
    const found: RunLetter[] = [];
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

function rowOf({ sentAt, runId, run, reason, body }: RunLetter): string[] {
  const sent = localIso(sentAt);
  if (runId === undefined)
    return [sent, "–", "–", "–", printableLine(`not understood: ${excerpt(body, LONGEST_BODY)}`)];
  const at = reason?.step == null ? "" : ` at step ${reason.step}`;
  const why = reason
    ? `${reason.class}${at}: ${reason.message}`
    : "the queue gave it up: no runner could take it";
  return [sent, printableLine(runId), run?.workflow ?? "–", run?.status ?? "not kept", printableLine(why)];
}

function viewOf({ messageId, sentAt, runId, run, reason, body }: RunLetter): JsonObject {
  return {
    message_id: messageId,
    sent_at: new Date(sentAt).toISOString(),
    run_id: runId ?? null,
    workflow: run?.workflow ?? null,
    run_status: run?.status ?? null,
    reason: reason ? { class: reason.class, message: reason.message, step: reason.step } : null,
    body,
  };
}
