import { FlowError } from "../lib/core/flow-error.ts";
import type { Workflow } from "../lib/core/workflow.ts";

/**
 * What workflows may read in plain text: every name that some workflow declares, with its value in the stage's `environment`; with
 * `wanted` of those only.
 * @throws FlowError `config_error` for a value of a name that a workflow counts as secret: it would stand in the template.
 */
export function plainEnvironment(
  workflows: readonly Workflow[],
  environment: { readonly [name: string]: string },
  wanted?: readonly { readonly name: string }[],
): { readonly [name: string]: string } {
  const declared = new Set<string>();
  for (const { name: workflow, environment: names } of workflows) {
    for (const { name, secret } of names) {
      declared.add(name);
      if (secret && environment[name] !== undefined) throw secretInFile(name, workflow);
    }
  }
  return Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) => declared.has(name) && (wanted === undefined || wanted.some((one) => one.name === name)),
    ),
  );
}

function secretInFile(name: string, workflow: string): FlowError {
  return new FlowError(
    "config_error",
    `stages.yaml gives ${name} a value, which is secret in the workflow ${workflow}: put it into the stage's secret, or declare it without secret: true`,
  );
}
