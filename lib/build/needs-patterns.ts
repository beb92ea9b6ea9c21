import { comparisonsIn } from "../core/condition.ts";
import type { Workflow } from "../core/workflow.ts";

/** Whether the filter of a webhook asks for `matches`: ingest needs regular expressions for nothing else. */
export function needsPatterns(workflows: readonly Pick<Workflow, "input">[]): boolean {
  return workflows.some(({ input }) => {
    const filter = input.type === "http_webhook" ? input.filter : undefined;
    return [...comparisonsIn(filter ?? [])].some(({ op }) => op === "matches");
  });
}
