import { FlowError } from "../lib/core/flow-error.ts";
import { isSource } from "../lib/core/source-input.ts";
import { deadLetterQueueName, inboxDeadLettersName, inboxName, queueName } from "../lib/core/stage-names.ts";
import type { StageSettings } from "../lib/core/stages.ts";
import type { Workflow } from "../lib/core/workflow.ts";
import { resolvedInput } from "./resolved-input.ts";

/**
 * ARNs of the queues that workflows read, each with its reader's name.
 * @throws FlowError `config_error` for one that has two readers, is the stage's own, or has no value.
 */
export function sourceQueues(
  workflows: readonly Workflow[],
  place: { readonly stage: string; readonly settings: Pick<StageSettings, "environment"> },
): ReadonlyMap<string, string> {
  const own = [queueName, deadLetterQueueName, inboxName, inboxDeadLettersName].map((nameOf) =>
    nameOf(place.stage),
  );
  const readers = new Map<string, string>();
  for (const workflow of workflows) {
    const input = isSource(workflow.input) ? resolvedInput(workflow, place) : undefined;
    if (input?.type !== "sqs") continue;
    const { queue } = input;
    if (own.includes(queue.slice(queue.lastIndexOf(":") + 1)))
      throw new FlowError(
        "config_error",
        `workflow ${workflow.name}: ${queue} is a queue of the stage itself`,
      );
    const other = readers.get(queue);
    if (other !== undefined)
      throw new FlowError(
        "config_error",
        `workflows ${other} and ${workflow.name} read the queue ${queue}: each message would reach one of them only. Let one of them start the other, with run_workflow`,
      );
    readers.set(queue, workflow.name);
  }
  return readers;
}
