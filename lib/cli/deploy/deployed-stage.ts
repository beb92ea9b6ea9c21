import { DAY_MS } from "../../app/timings.ts";
import type { DeployedMetadata } from "../../core/deployed-metadata.ts";
import { FlowError } from "../../core/flow-error.ts";
import type { JsonObject } from "../../core/json.ts";
import { NO_SPLITS, type SplitTable } from "../../core/split.ts";
import { stackName } from "../../core/stage-names.ts";
import type { Workflow } from "../../core/workflow.ts";
import { type History, withHistory } from "../history.ts";
import { stageSecrets } from "../stage-secrets.ts";
import { deployedTemplate, metadataOf } from "./deployed-template.ts";

/** What is deployed under the name of a stage. */
export interface DeployedStage {
  /** Without resources where nothing is. */
  readonly template: JsonObject;
  /** Absent: nothing is deployed, or it was by a Hookline that did not say. */
  readonly metadata: DeployedMetadata | undefined;
  /** How events are shared by versions. */
  readonly splits: SplitTable;
  /** Names that have a value in the stage's secret. */
  readonly secretNames: ReadonlySet<string>;
  /** The text of a version, which the table keeps from its first event on. */
  textOf(name: string, hash: string): Promise<Workflow | undefined>;
  /** What models cost in the latest runs of a version that went well, in US dollars; undefined where there are none. */
  recordedCost(
    name: string,
    hash: string,
  ): Promise<{ readonly meanUsd: number; readonly runs: number } | undefined>;
}

/** A stage that is not there. */
export const NOTHING_DEPLOYED: DeployedStage = {
  template: { Resources: {} },
  metadata: undefined,
  secretNames: new Set(),
  textOf: async () => undefined,
  recordedCost: async () => undefined,
  splits: NO_SPLITS,
};

const LOOKED_BACK_DAYS = 7;
const LOOKED_AT = 50;

/**
 * Does something with what is deployed; of the stage's secret only the names are kept.
 * @throws FlowError `config_error` when AWS cannot be asked.
 */
export async function withDeployedStage<T>(
  stage: string,
  work: (deployed: DeployedStage) => Promise<T>,
): Promise<T> {
  const template = await deployedTemplate(stackName(stage));
  if (!template) return await work(NOTHING_DEPLOYED);
  const secretNames = new Set(Object.keys(await secretsOf(stage)));
  return await withHistory({ stage, data: "" }, async ({ store, splits }) =>
    work({
      template,
      metadata: metadataOf(template),
      secretNames,
      textOf: (name, hash) => store.getVersion(name, hash),
      recordedCost: (name, hash) => recordedCost(store, name, hash),
      splits: await splits.read(),
    }),
  );
}

/** A stack that is only just being made has no secret yet. */
async function secretsOf(stage: string) {
  try {
    return await stageSecrets(stage);
  } catch (error) {
    if (error instanceof FlowError && /no such resource/.test(error.message)) return {};
    throw error;
  }
}

async function recordedCost(store: History["store"], name: string, hash: string) {
  const now = Date.now();
  const since = now - LOOKED_BACK_DAYS * DAY_MS;
  const runs = await store.list({
    workflows: [name],
    status: "succeeded",
    limit: LOOKED_AT,
    since,
    until: now,
  });
  const costs = runs.filter((run) => run.hash === hash).map(({ costUsd }) => costUsd);
  if (costs.length === 0) return undefined;
  return { meanUsd: costs.reduce((sum, one) => sum + one, 0) / costs.length, runs: costs.length };
}
