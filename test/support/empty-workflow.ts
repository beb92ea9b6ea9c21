import type { Workflow } from "../../lib/core/workflow.ts";

/** A workflow without steps, as the compiler would make it, with whatever a test needs of its own. */
export function emptyWorkflow(more: Partial<Workflow> = {}): Workflow {
  const name = more.name ?? "empty";
  return {
    name,
    hash: "0".repeat(64),
    environment: [],
    input: { type: "http_webhook" },
    steps: [],
    onFailure: [],
    timeoutSeconds: 3600,
    strict: false,
    history: { retentionDays: 30, redact: [] },
    changelog: [],
    file: `workflows/${name}.yaml`,
    ...more,
  };
}
