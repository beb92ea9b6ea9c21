import type { Workflow } from "../lib/core/workflow.ts";
import type { Settings } from "./read-settings.ts";

/** Names that belong to Lambda or to the functions themselves: a deployment never sets them for a workflow. */
const RESERVED = /^(AWS_|LAMBDA_|HOOKLINE_|_|TZ$|NODE_)/;

/**
 * What workflows may read in plain text: every name that some workflow declares and none counts as secret, with its value of
 * `.env.<stage>`; with `wanted` of those only. Secret values stay out of the template; they belong into the stage's secret.
 */
export function plainEnvironment(
  workflows: readonly Workflow[],
  settings: Settings,
  wanted?: readonly { readonly name: string }[],
): { readonly [name: string]: string } {
  const declarations = workflows.flatMap((workflow) => workflow.environment);
  const secret = new Set(declarations.filter((name) => name.secret).map(({ name }) => name));
  const plain = new Set(declarations.filter((name) => name.declared).map(({ name }) => name));
  return Object.fromEntries(
    [...plain]
      .filter((name) => !secret.has(name) && !RESERVED.test(name))
      .filter((name) => wanted === undefined || wanted.some((one) => one.name === name))
      .flatMap((name) => {
        const value = settings[name];
        return value === undefined ? [] : [[name, value]];
      }),
  );
}
