import { toFlowError } from "../core/flow-error.ts";
import type { CacheRule } from "../core/workflow.ts";
import { cacheKey } from "./cache-key.ts";
import { SharedWork } from "./shared-work.ts";
import { stepContext } from "./step-context.ts";
import type { StepRecord } from "./step-record.ts";
import type { Attempted, Place, Walk } from "./walk.ts";

/**
 * Takes a step's result from the cache, or computes and keeps it: of all that find none, in this process and others,
 * one computes while the rest wait.
 */
export async function cachedStep(
  walk: Walk,
  place: Place,
  rule: CacheRule,
  record: StepRecord,
  compute: () => Promise<Attempted>,
): Promise<Attempted> {
  let key: string | undefined;
  try {
    key = keyOf(walk, place, rule, record);
  } catch (thrown) {
    const failure = { path: place.path, id: place.node.id, error: toFlowError(thrown), attempts: 0 };
    return { result: { kind: "fail", failure }, attempts: 0 };
  }
  if (key === undefined) return compute();
  return new SharedWork(walk, place, record, { key, rule, compute }).result();
}

function keyOf(walk: Walk, place: Place, rule: CacheRule, record: StepRecord): string | undefined {
  const { signal } = walk.execution;
  const traits = { record, hidden: new Map(), signal, attempt: 1, alternative: 0, spent: undefined };
  return cacheKey(walk, place, rule, stepContext(walk, place, traits));
}
