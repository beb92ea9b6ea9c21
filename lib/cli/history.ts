import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { createInputCatalog } from "../adapters/catalog-file.ts";
import { createDynamoRunStore } from "../adapters/dynamo/dynamo-run-store.ts";
import { compileWorkflows } from "../build/compile-workflows.ts";
import type { RunStore } from "../core/ports/run-store.ts";
import { tableName } from "../core/stage-names.ts";
import { catalogFolder, LOCAL_CREDENTIALS, LOCAL_REGION, LOCAL_STAGE } from "../local/local-names.ts";
import { findStack } from "../local/stack-file.ts";
import { askAws } from "./aws-trouble.ts";
import { stageName } from "./stage-name.ts";

/** Where a command looks for runs. */
export interface HistoryOptions {
  readonly stage: string;
  /** Folder of the local stack; other stages don't need it. */
  readonly data: string;
}

/** The runs of a stage. */
export interface History {
  readonly store: RunStore;
  /** Names of the workflows that are known to run there. */
  workflows(): Promise<readonly string[]>;
}

/**
 * Does something with the history of the local stack or of a deployed stage, whose table is HOOKLINE_TABLE or `hookline-<stage>` and
 * whose credentials and region are found as the AWS SDK does.
 * @throws FlowError `config_error` when no local stack runs on the folder.
 */
export async function withHistory<T>(
  { stage, data }: HistoryOptions,
  work: (history: History) => Promise<T>,
): Promise<T> {
  const { client, table, workflows } =
    stage === LOCAL_STAGE ? localHistory(data) : deployedHistory(stageName(stage));
  const hint = `set HOOKLINE_TABLE to the stage's output TableName (asked for: ${table})`;
  try {
    return await askAws(hint, () => work({ store: createDynamoRunStore({ client, table }), workflows }));
  } finally {
    client.destroy();
  }
}

function localHistory(data: string) {
  const { endpoints } = findStack(data);
  const inputs = createInputCatalog(join(catalogFolder(data), "inputs.json"));
  return {
    client: new DynamoDBClient({
      endpoint: endpoints.dynamodb,
      region: LOCAL_REGION,
      credentials: LOCAL_CREDENTIALS,
    }),
    table: tableName(LOCAL_STAGE),
    workflows: async () => inputs.all().map(({ name }) => name),
  };
}

function deployedHistory(stage: string) {
  return {
    client: new DynamoDBClient({}),
    table: process.env.HOOKLINE_TABLE ?? tableName(stage),
    workflows: async () => (await compileWorkflows("workflows")).workflows.map(({ name }) => name),
  };
}
