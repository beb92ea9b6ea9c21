import { FlowError } from "../core/flow-error.ts";
import type { Place } from "./walk.ts";

/** True for a call that its file wants to be made once at most. A run that a step starts is named first, so it is made once in any case. */
export function isOnlyOnce({ node, definition }: Place): boolean {
  return node.effect === "at_most_once" && definition.effect && !definition.startsRuns;
}

/** The failure of a call: of one that is made once at most and had no answer, nobody knows whether it took effect. */
export function knownOutcome(place: Place, error: FlowError): FlowError {
  const noAnswer = error.class === "timeout" || error.class === "connection";
  if (!noAnswer || !isOnlyOnce(place)) return error;
  return unknownOutcome(place, `ended without an answer (${error.message})`);
}

/** The failure of a call that was under way when its process ended. */
export function diedUnderWay(place: Place): FlowError {
  return unknownOutcome(place, "was under way when its process ended");
}

function unknownOutcome({ node }: Place, what: string): FlowError {
  return new FlowError(
    "unknown_outcome",
    `${node.id} ${what}, and its file says at_most_once: whether it took effect is not known`,
  );
}
