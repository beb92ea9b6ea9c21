import { conditionsHold } from "../core/condition.ts";
import type { LogLine, Usage, Write } from "../core/journal.ts";
import type { Json } from "../core/json.ts";
import type { StepContext } from "../core/step-context.ts";
import { renderDeep } from "../core/template.ts";
import { blankedLines } from "./blanked.ts";
import { chunkRunsFor, distribute } from "./distribute.ts";
import type { Execution } from "./execution.ts";
import { targetOf } from "./reader.ts";
import { renderAssignments } from "./render-assignments.ts";
import { startRun } from "./start-run.ts";
import type { StepRecord } from "./step-record.ts";
import type { Place, Walk } from "./walk.ts";

/** What tells one attempt of a step from the others. */
export interface AttemptTraits {
  /** From 1. */
  readonly attempt: number;
  /** 0: the step's own parameters; n: the n-th of its alternatives. */
  readonly alternative: number;
  readonly spent: Usage | undefined;
}

/** What a step gets to see of its run, in one attempt. */
export function stepContext(
  walk: Walk,
  place: Place,
  {
    record,
    hidden,
    attempt,
    alternative,
    spent,
    signal,
  }: AttemptTraits & { record: StepRecord; hidden: Map<string, Write>; signal: AbortSignal },
): StepContext {
  const { execution, names } = walk;
  const inside = walk.within(signal);
  const { node, path, view } = place;
  const log = (line: LogLine) => {
    record.log(line);
    execution.log.with({ step: path, id: node.id, attempt }).write(line);
  };
  const read = (text: string) => walk.read(text, view);
  const chunkRuns = chunkRunsFor(execution, place, record);
  // No spreads: they give the object no shape, and a pure step took 8.6 µs instead of 5.3.
  return {
    id: node.id,
    path,
    get input(): Json {
      return node.inputFrom === undefined ? view.state : (read(node.inputFrom) ?? null);
    },
    inputFrom: node.inputFrom,
    outputTo: node.outputTo,
    timeoutSeconds: node.timeoutSeconds,
    idempotencyKey: `${execution.run.id}-${path}${alternative > 0 ? `-${alternative}` : ""}`,
    attempt,
    spent,
    signal,
    ports: execution.ports,
    run: names.run,
    trace: execution.trace,
    blank: (text) => execution.environment().redactor.text(text),
    workflow: names.workflow,
    event: names.input,
    environment: (secrets) => valuesOf(execution, secrets),
    read,
    writtenAt: (text) => {
      const last = execution.journal.lastWrite(targetOf(text), view.item);
      return last && last.startedAt + last.durationMs;
    },
    holds: (conditions, match) => {
      const lookup = walk.lookup(view, (message) => record.warn(message));
      return conditionsHold(conditions, { read, render: (value) => renderDeep(value, lookup) }, match);
    },
    log,
    logOutput: (lines) => {
      for (const message of blankedLines(lines, execution.environment().redactor))
        log({ level: "info", message });
    },
    warn: (message) => record.warn(message),
    renderAssignments: (assignments) =>
      renderAssignments(walk, view, assignments, (message) => record.warn(message)),
    startRun: (order) => startRun(walk, place, record, attempt, order),
    distribute:
      chunkRuns && ((items, size) => distribute(walk, place, record, { chunkRuns, attempt, items, size })),
    isDistributed: record.chunks !== undefined,
    blocks: Object.keys(node.blocks),
    enteredBlock: () =>
      Object.keys(node.blocks).find((label) => execution.journal.hasBelow(`${path}.${label}`)),
    runBlock: (label, options = {}) => inside.runBlock(place, label, options, hidden),
    keepFailure: (at, failure) => walk.keepFailure(place, at, failure),
    keptFailure: (at) => walk.keptFailure(place, at),
    acceptedFailure: (at, bind) => walk.acceptedItem(place, at, bind),
    acceptFailure: (at, failure) => walk.acceptItem(place, at, failure),
  };
}

function valuesOf({ workflow, environment }: Execution, secrets: readonly string[]): Record<string, string> {
  const names = workflow.environment.filter(({ name, secret }) => !secret || secrets.includes(name));
  const values = names.map(({ name }) => [name, environment().value(name)] as const);
  return Object.fromEntries(values.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
