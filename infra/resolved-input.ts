import { STAGE_NAME } from "../lib/core/environment-source.ts";
import { FlowError } from "../lib/core/flow-error.ts";
import { resolveSource } from "../lib/core/resolve-source.ts";
import type { SourceInput } from "../lib/core/source-input.ts";
import type { StageSettings } from "../lib/core/stages.ts";
import type { Workflow } from "../lib/core/workflow.ts";

/**
 * A workflow's input with the values that the stage's `environment` gives to the names it reads.
 * @throws FlowError `config_error` naming the workflow and what has no value.
 */
export function resolvedInput(
  { name, input, environment }: Workflow,
  { stage, settings }: { readonly stage: string; readonly settings: Pick<StageSettings, "environment"> },
): SourceInput {
  try {
    return resolveSource(input as SourceInput, environment, [{ [STAGE_NAME]: stage }, settings.environment]);
  } catch (cause) {
    if (!(cause instanceof FlowError)) throw cause;
    throw new FlowError(
      cause.class,
      `workflow ${name}: input: ${cause.message} in the environment of ${stage}, stages.yaml`,
      { cause },
    );
  }
}
