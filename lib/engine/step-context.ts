import { conditionsHold } from "../core/condition.ts";
import type { Write } from "../core/journal.ts";
import type { Json } from "../core/json.ts";
import type { StepContext } from "../core/step.ts";
import { renderDeep } from "../core/template.ts";
import { targetOf } from "./reader.ts";
import type { StepRecord } from "./step-record.ts";
import type { Place, Walk } from "./walk.ts";

/** What a step gets to see of its run, in one attempt. */
export function stepContext(
  walk: Walk,
  place: Place,
  {
    record,
    hidden,
    attempt,
    signal,
  }: { record: StepRecord; hidden: Map<string, Write>; attempt: number; signal: AbortSignal },
): StepContext {
  const { execution, names } = walk;
  const inside = walk.within(signal);
  const { node, path, view } = place;
  const read = (text: string) => walk.read(text, view);
  return {
    get input(): Json {
      return node.inputFrom === undefined ? view.state : (read(node.inputFrom) ?? null);
    },
    ...(node.inputFrom !== undefined && { inputFrom: node.inputFrom }),
    outputTo: node.outputTo,
    timeoutSeconds: node.timeoutSeconds,
    idempotencyKey: `${execution.run.id}-${path}`,
    attempt,
    signal,
    ports: execution.ports,
    run: names.run,
    workflow: names.workflow,
    event: execution.event,
    read,
    writtenAt: (text) => {
      const last = execution.journal.lastWrite(targetOf(text), view.item);
      return last && last.startedAt + last.durationMs;
    },
    holds: (conditions, match) => {
      const lookup = walk.lookup(view, (message) => record.warn(message));
      return conditionsHold(conditions, { read, render: (value) => renderDeep(value, lookup) }, match);
    },
    log: (line) => execution.log.with({ step: path, id: node.id, attempt }).write(record.log(line)),
    warn: (message) => record.warn(message),
    enteredBlock: () =>
      Object.keys(node.blocks).find((label) => execution.journal.hasBelow(`${path}.${label}`)),
    runBlock: (label, options = {}) => inside.runBlock(place, label, options, hidden),
    acceptedFailure: (at) => walk.acceptedItem(place, at),
    acceptFailure: (at, failure) => walk.acceptItem(place, at, failure),
  };
}
