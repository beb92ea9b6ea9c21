import { STAGES_FILE, stagesIn } from "../build/read-stages.ts";
import type { EnvironmentSource } from "../core/environment-source.ts";

/**
 * What a deployment of the stage gives to its runner, out of the text of `stages.yaml`: values of names, and the private hosts that
 * may be called. Nothing where there is no such file or stage.
 * @throws FlowError `config_error` for a file with an error.
 */
export function stageEnvironment(text: string | undefined, stage: string): EnvironmentSource {
  const stages = text === undefined ? {} : stagesIn(text, STAGES_FILE);
  const settings = Object.hasOwn(stages, stage) ? stages[stage] : undefined;
  if (!settings) return {};
  const { environment, private_hosts: hosts } = settings;
  return { ...environment, ...(hosts.length > 0 && { HOOKLINE_ALLOW_PRIVATE_HOSTS: hosts.join(",") }) };
}
