import { createWorkflowTexts } from "../../adapters/catalog-file.ts";
import type { DeployedHashes } from "../../app/announce-versions.ts";
import { FlowError } from "../../core/flow-error.ts";
import type { RunStore } from "../../core/ports/run-store.ts";
import type { Splits } from "../../core/ports/splits.ts";
import { stackName } from "../../core/stage-names.ts";
import type { Workflow } from "../../core/workflow.ts";
import { nameHint } from "../../language/nearest-name.ts";
import { catalogFolder, LOCAL_STAGE } from "../../local/local-names.ts";
import { deployedTemplate, metadataOf } from "../deploy/deployed-template.ts";
import { type HistoryOptions, withHistory } from "../history.ts";

/** The versions of a stage. */
export interface VersionPlace {
  readonly store: RunStore;
  readonly splits: Splits;
  /** What is deployed. */
  readonly deployed: DeployedHashes;
  /** The text of a version; undefined where none is kept. */
  textOf(name: string, hash: string): Promise<Workflow | undefined>;
}

/**
 * Does something with the versions of the local stack or of a deployed stage, of which CloudFormation says what is deployed.
 * @throws FlowError `config_error` when neither can be asked, or nothing is deployed.
 */
export async function withVersions<T>(
  options: HistoryOptions,
  work: (place: VersionPlace) => Promise<T>,
): Promise<T> {
  return withHistory(options, async ({ store, splits, inputs }) => {
    if (options.stage !== LOCAL_STAGE) {
      const deployed = await hashesOfStage(options.stage);
      return work({ store, splits, deployed, textOf: (name, hash) => store.getVersion(name, hash) });
    }
    const deployed = Object.fromEntries((await inputs()).map(({ name, hash }) => [name, hash]));
    const texts = createWorkflowTexts(`${catalogFolder(options.data)}/workflows`);
    const textOf = async (name: string, hash: string) =>
      deployed[name] === hash ? texts.current(name) : store.getVersion(name, hash);
    return work({ store, splits, deployed, textOf });
  });
}

/** The hash of a workflow's deployed version. @throws FlowError `invalid_input` for one that is not deployed. */
export function deployedHash(
  { deployed }: Pick<VersionPlace, "deployed">,
  name: string,
  stage: string,
): string {
  const hash = Object.hasOwn(deployed, name) ? deployed[name] : undefined;
  if (hash !== undefined) return hash;
  const hint = nameHint(name, Object.keys(deployed));
  throw new FlowError(
    "invalid_input",
    `no workflow "${name}" is deployed to the stage "${stage}"${hint === undefined ? "" : `: ${hint}`}`,
  );
}

async function hashesOfStage(stage: string): Promise<DeployedHashes> {
  const template = await deployedTemplate(stackName(stage));
  const workflows = template && metadataOf(template)?.workflows;
  if (workflows) return workflows;
  throw new FlowError(
    "config_error",
    `${stackName(stage)} is not deployed in this account and region, or by a Hookline that did not say what it brought`,
  );
}
