import { runnerConfig } from "../core/config.ts";
import { FlowError } from "../core/flow-error.ts";

/**
 * The text of `--stage` when it can be a stage.
 * @throws FlowError `invalid_input` when it cannot.
 */
export function stageName(text: string): string {
  if (runnerConfig.shape.HOOKLINE_STAGE.safeParse(text).success) return text;
  throw new FlowError("invalid_input", `"${text}" is no stage: write lower-case letters, digits and dashes`);
}
