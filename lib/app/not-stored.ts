import { toFlowError } from "../core/flow-error.ts";
import type { InputEntry } from "../core/workflow.ts";
import type { Handled } from "./handled.ts";
import type { Ingest } from "./store-event.ts";
import { unavailable } from "./webhook-answer.ts";

/** Refuses a delivery that store or queue did not take: the sender is to send it again. */
export function notStored(
  { log }: Pick<Ingest, "log">,
  { name }: InputEntry,
  thrown: unknown,
  runId?: string,
): Handled {
  const { message, class: errorClass } = toFlowError(thrown);
  log.write({
    level: "error",
    message: `event refused: ${message}`,
    fields: { ...(runId !== undefined && { run_id: runId }), workflow: name, class: errorClass },
  });
  return { answer: unavailable("the event could not be stored, send it again") };
}
