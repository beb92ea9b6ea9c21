import type { CheckedFile } from "../../rule.ts";
import type { FlowStep } from "./flow-step.ts";
import { stateKeys } from "./step-writes.ts";
import { ancestors } from "./steps-around.ts";

/**
 * The step whose id a key is, when the file reads the key only behind that step: results are found under `output_to`,
 * and the id was most likely meant. A key that is read before is the event's.
 */
export function stepOfId(key: string, { flow, reads }: CheckedFile): FlowStep | undefined {
  const named = flow.all.find(({ step }) => step.id === key);
  if (!named) return undefined;
  const ofKey = reads.filter(({ read }) => stateKeys(read.path)[0] === key);
  return ofKey.every(
    ({ read, step }) => read.at > named.node.at && step !== named && !ancestors(step).includes(named),
  )
    ? named
    : undefined;
}
