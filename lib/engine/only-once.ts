import { FlowError } from "../core/flow-error.ts";
import type { JournalEntry } from "../core/journal.ts";
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

/** The failure of a call whose outcome nobody learned before its process ended; undefined: it was not made yet, or is known. */
export function outcomeLost(place: Place, { status, error }: JournalEntry): FlowError | undefined {
  if (status === "started") return unknownOutcome(place, "was under way when its process ended");
  const isLost = status === "failed" && error?.class === "unknown_outcome";
  return isLost ? new FlowError(error.class, error.message) : undefined;
}

function unknownOutcome({ node }: Place, what: string): FlowError {
  return new FlowError(
    "unknown_outcome",
    `${node.id} ${what}, and its file says at_most_once: whether it took effect is not known`,
  );
}
