import { formatJson } from "../core/json.ts";
import type { ReadEvent } from "../core/run.ts";
import { textOf } from "../core/template.ts";
import type { InputEntry } from "../core/workflow.ts";
import { type SchemaProblem, schemaProblems } from "../steps/schema-problems.ts";
import { eventReader } from "./event-reader.ts";
import type { InputEnvironment } from "./input-environment.ts";

/** What an input says of an event. */
export interface EventJudgement {
  /** What of the body does not fit the schema; empty: it fits. */
  readonly misfits: readonly SchemaProblem[];
  /** Why the filter drops it; absent: it is wanted. */
  readonly droppedFor?: string;
  /** What tells it apart; absent: there is no rule, or the event lacks what its key is made of. */
  readonly key?: string;
  /** Whose rate it counts for; absent: there is no rate, or it counts for the workflow's. */
  readonly rateKey?: string;
  /** Which deliveries it follows; absent: there is no debounce, or it follows all of the workflow's that lack a key. */
  readonly burstKey?: string;
  /** With which deliveries it shares a run; absent: there is no batch, or with all of the workflow's that lack a key. */
  readonly batchKey?: string;
}

/** Judges an event by `schema`, `filter`, `dedupe` and `limits` of its input. @throws Error for a schema that cannot be used. */
export async function judgeEvent(
  entry: InputEntry,
  stage: string,
  event: ReadEvent,
  env: InputEnvironment,
): Promise<EventJudgement> {
  const { schema, filter, dedupe, limits } = entry.webhook ?? {};
  const reader = eventReader(entry, stage, event, env);
  const misfits = schema ? await schemaProblems(schema, formatJson(event.body)) : [];
  if (misfits.length > 0) return { misfits };
  // Conditions bring a library of regular expressions along.
  const droppedFor = filter && (await import("./reason-to-drop.ts")).reasonToDrop(filter, reader);
  const keyOf = (template: string | undefined) => template && textOf(reader.renderWhole(template));
  const [key, rateKey, burstKey, batchKey] = [
    keyOf(dedupe?.key),
    keyOf(limits?.rate?.key),
    keyOf(limits?.debounce?.key),
    keyOf(limits?.batch?.key),
  ];
  return {
    misfits,
    ...(droppedFor !== undefined && { droppedFor }),
    ...(key && { key }),
    ...(rateKey && { rateKey }),
    ...(burstKey && { burstKey }),
    ...(batchKey && { batchKey }),
  };
}
