import { STAGES_FILE } from "../../build/read-stages.ts";
import { firstValue, STAGE_NAME } from "../../core/environment-source.ts";
import type { InputEntry } from "../../core/workflow.ts";
import { localSources } from "../../local/local-environment.ts";
import { LOCAL_STAGE } from "../../local/local-names.ts";
import { stageEnvironment } from "../../local/stage-environment.ts";
import { readIfPresent } from "../../local/working-folder.ts";
import { readAssignments } from "../given-values.ts";
import { stageSecrets } from "../stage-secrets.ts";

/** Where values of a workflow's names come from, `--env` first, then as the workflow itself would find them. */
export interface EnvironmentOptions {
  readonly env?: readonly string[];
  readonly stage: string;
}

/**
 * Looks up names of the environment as a stage does; of a deployed one, its secret is read.
 * @throws FlowError `config_error` when AWS cannot be asked, and for a `stages.yaml` with an error.
 */
export async function environmentOf(
  { environment = [] }: Pick<InputEntry, "environment">,
  { env, stage }: EnvironmentOptions,
): Promise<(name: string) => string | undefined> {
  const given = readAssignments(env);
  const sources =
    stage === LOCAL_STAGE
      ? localSources({ given, shell: process.env, stage, readFile: readIfPresent })
      : [given, await stageSecrets(stage), stageEnvironment(readIfPresent(STAGES_FILE), stage)];
  return (name) =>
    firstValue(name, [{ [STAGE_NAME]: stage }, ...sources]) ??
    environment.find((one) => one.name === name)?.default;
}
