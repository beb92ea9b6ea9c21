import { STAGE_NAME } from "../lib/core/environment-source.ts";
import { FlowError } from "../lib/core/flow-error.ts";
import { resolveSource } from "../lib/core/resolve-source.ts";
import type { SourceInput } from "../lib/core/source-input.ts";
import type { Workflow } from "../lib/core/workflow.ts";
import type { Settings } from "./read-settings.ts";

/**
 * A workflow's input with the values that `.env.<stage>` gives to the names it reads.
 * @throws FlowError `config_error` naming the workflow and what has no value.
 */
export function resolvedInput(
  { name, input, environment }: Workflow,
  { stage, settings }: { readonly stage: string; readonly settings: Settings },
): SourceInput {
  try {
    return resolveSource(input as SourceInput, environment, [{ [STAGE_NAME]: stage }, settings]);
  } catch (cause) {
    if (!(cause instanceof FlowError)) throw cause;
    throw new FlowError(cause.class, `workflow ${name}: input: ${cause.message} in .env.${stage}`, { cause });
  }
}
