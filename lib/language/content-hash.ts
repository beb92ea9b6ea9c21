import { createHash } from "node:crypto";
import { canonicalJson } from "../core/json.ts";
import type { StepNode, Workflow } from "../core/workflow.ts";

/**
 * SHA-256 (64 hex characters) over everything that changes what a run does or keeps. Places, labels, description,
 * version, changelog, stages, rollout, the file's name and its text don't.
 */
export function contentHash(workflow: Omit<Workflow, "hash">): string {
  const { name, environment, input, steps, onFailure, output, timeoutSeconds, strict, history } = workflow;
  const content = {
    name,
    environment,
    input,
    steps: steps.map(withoutLabels),
    onFailure: onFailure.map(withoutLabels),
    output: output === undefined ? [] : [output],
    timeoutSeconds,
    strict,
    history,
  };
  return createHash("sha256").update(canonicalJson(content)).digest("hex");
}

function withoutLabels({ name: _name, line: _line, blocks, ...step }: StepNode): object {
  const nested = Object.entries(blocks).map(([label, steps]) => [label, steps.map(withoutLabels)]);
  return { ...step, blocks: Object.fromEntries(nested) };
}
