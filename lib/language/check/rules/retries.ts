import type { Rule } from "../../rule.ts";
import { child } from "../../yaml-node.ts";
import { addKey } from "../edits.ts";
import type { FlowStep } from "../flow/flow-step.ts";

/** After these nobody knows whether the call took effect. */
const UNCLEAR = ["timeout", "connection", "server_error"];

const ONCE = "effect: at_most_once stops instead";

/** Calls that give up at the first bad minute of the other side. */
export const noRetries: Rule = {
  id: "no-retries",
  severity: "warning",
  area: "reliability",
  summary: "Every external call is tried again when it fails for a moment",
  why: "Services have bad minutes. Without retries one of them fails the whole attempt, which then waits for the queue.",
  *check({ flow, text }) {
    for (const one of flow.all) {
      const { definition, step, node } = one;
      if (!isExternal(one) || step.retry.retries > 0 || step.effect === "at_most_once") continue;
      const at = (child(node, "type") ?? node).at;
      const message = `${step.type} is tried once: a moment's trouble on the other side fails it`;
      if (isSafe(one)) {
        const edit = node.entries?.has("retries") ? undefined : addKey(text, node, "type", "retries", "3");
        const fix = edit && { title: "add retries: 3", edits: [edit] };
        yield { at, message, hint: "add retries: 3, here or under defaults", fix };
      } else {
        const hint = `the queue repeats it all the same: ${definition.facts?.repeatHint}, and add retries; ${ONCE}`;
        yield { at, message, hint };
      }
    }
  },
};

/** Retries of calls of which a second one may do the thing twice. */
export const unsafeRetry: Rule = {
  id: "unsafe-retry",
  severity: "warning",
  area: "reliability",
  summary: "Calls that are repeated are safe to repeat",
  why: "After a timeout nobody knows whether the first try took effect. Every attempt carries the same Idempotency-Key, but many services ignore it: then there are two orders.",
  *check({ flow }) {
    for (const one of flow.all) {
      const { definition, step, node } = one;
      const { retries, retryOn } = step.retry;
      const unclear = retryOn.filter((errorClass) => UNCLEAR.includes(errorClass));
      if (!isExternal(one) || retries === 0 || unclear.length === 0) continue;
      if (isSafe(one) || step.effect === "at_most_once") continue;
      const at = node.entries?.get("retries")?.keyAt ?? (child(node, "type") ?? node).at;
      yield {
        at,
        message: `${step.type} is repeated after ${unclear.join(", ")}, when it may have taken effect already`,
        hint: `${definition.facts?.repeatHint}; retry_on: [rate_limited] repeats only what was refused; ${ONCE}`,
      };
    }
  },
};

/** A run of the same stage is no call: what it meets it retries itself. */
function isExternal({ definition }: FlowStep): boolean {
  return definition.effect && definition.startsRuns !== true && definition.facts?.staysInStage !== true;
}

function isSafe({ definition, raw }: FlowStep): boolean {
  return definition.facts?.safeToRepeat?.(raw) ?? true;
}
