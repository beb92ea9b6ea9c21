import type { Rule } from "../../rule.ts";
import { everyStep, type FlowStep } from "../flow/flow-step.ts";
import { isReservedRead } from "../flow/key-use.ts";
import type { ResolvedRead } from "../flow/resolve-reads.ts";

/** Inputs that whoever knows their address can use. */
const FROM_ANYBODY: readonly string[] = ["http_webhook", "email"];

/** Events that reach the outside world before anything looked at them. */
export const unvalidatedEvent: Rule = {
  id: "unvalidated-event",
  severity: "warning",
  area: "security",
  summary: "Events are checked before they are acted on",
  why: "Anything can be posted to a webhook and mailed to an address. A missing or strange field then reaches other systems, and a model is paid for it.",
  *check({ workflow, flow, reads }) {
    if (!FROM_ANYBODY.includes(workflow.input.type)) return;
    const ofEvent = new Map(
      reads
        .filter(fromEvent)
        .map(({ read, step }) => [step, read] as const)
        .reverse(),
    );
    for (const one of everyStep(flow.steps)) {
      if (looksAtData(one)) return;
      const read = ofEvent.get(one);
      if (!actsOutside(one) || !(read || one.readsAll)) continue;
      yield {
        at: read?.at ?? one.node.at,
        message: `${one.step.type} acts on the event before anything has checked it`,
        hint: "put a filter in front of it, e.g. { field: email, op: not_empty }",
      };
      return;
    }
  },
};

/** A condition, or a program. */
function looksAtData({ step, definition, program }: FlowStep): boolean {
  return step.when !== undefined || definition.conditions !== undefined || program !== "";
}

/** Another workflow that gets the event checks it itself. */
function actsOutside({ definition }: FlowStep): boolean {
  return definition.effect && definition.startsRuns !== true;
}

function fromEvent({ read, step, writes, isVariable }: ResolvedRead): boolean {
  const [head] = read.path;
  if (isReservedRead(read, step)) return head === "input" || head === "request";
  return writes.length === 0 && !isVariable;
}
