import type { Rule } from "../../rule.ts";
import type { FlowStep } from "../flow/flow-step.ts";

/** Webhooks that trust whoever knows their URL. */
export const unverifiedWebhook: Rule = {
  id: "unverified-webhook",
  severity: "note",
  area: "security",
  summary: "A webhook checks who sends",
  why: "The URL is the only credential: who finds it in a log or a proxy can send events.",
  *check({ workflow, root, flow }) {
    const { input } = workflow;
    if (input.type !== "http_webhook" || input.verify || flow.all.some(asksForToken)) return;
    yield {
      at: root.entries?.get("input")?.keyAt ?? root.at,
      message: "the URL is this webhook's only credential",
      hint: 'say who calls: verify: github, stripe, slack or another preset, or { scheme: header, header: x-token, value: "${env:TOKEN}" }',
    };
  },
};

/** A condition compares something of the request with something that the stage knows. */
function asksForToken({ definition, reads, environment }: FlowStep): boolean {
  const compares = (parameter: string) => definition.conditions?.includes(parameter) === true;
  return (
    environment.some(({ parameter }) => compares(parameter)) &&
    reads.some(({ path, parameter }) => path[0] === "request" && compares(parameter))
  );
}
