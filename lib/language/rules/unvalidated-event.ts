import { isReservedRead } from "../flow/event-keys.ts";
import { everyStep, type FlowStep } from "../flow/flow-step.ts";
import type { ResolvedRead } from "../flow/resolve-reads.ts";
import type { Rule } from "../rule.ts";

/** Events that reach the outside world before anything looked at them. */
export const unvalidatedEvent: Rule = {
  id: "unvalidated-event",
  severity: "warning",
  area: "security",
  summary: "Events are checked before they are acted on",
  why: "Anything can be posted to a webhook. A missing or strange field then reaches other systems, and a model is paid for it.",
  *check({ workflow, flow, reads }) {
    if (workflow.input.type !== "http_webhook") return;
    const acting = firstActing(flow.steps);
    if (!acting) return;
    const read = reads.find((one) => one.step === acting && fromEvent(one));
    if (!read && !acting.readsAll) return;
    yield {
      at: read?.read.at ?? acting.node.at,
      message: `${acting.step.type} acts on the event before anything has checked it`,
      hint: "put a filter in front of it, e.g. { field: email, op: not_empty }",
    };
  },
};

/** The first step with an effect, unless something before it looks at data: a condition, or a program. */
function firstActing(steps: readonly FlowStep[]): FlowStep | undefined {
  for (const one of everyStep(steps)) {
    const looks = one.step.when || one.definition.conditions || one.program !== "";
    if (looks) return undefined;
    if (one.definition.effect) return one;
  }
  return undefined;
}

function fromEvent({ read, step, writes, isVariable }: ResolvedRead): boolean {
  const [head] = read.path;
  if (isReservedRead(read, step)) return head === "input" || head === "request";
  return writes.length === 0 && !isVariable;
}
