import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { createInputCatalog } from "../adapters/catalog-file.ts";
import { createDynamoDeliveries } from "../adapters/dynamo/deliveries.ts";
import { createDynamoRunStore } from "../adapters/dynamo/dynamo-run-store.ts";
import { createDynamoSplits } from "../adapters/dynamo/dynamo-splits.ts";
import { compileWorkflows } from "../build/compile-workflows.ts";
import { FlowError } from "../core/flow-error.ts";
import type { Deliveries } from "../core/ports/deliveries.ts";
import type { RunStore } from "../core/ports/run-store.ts";
import type { Splits } from "../core/ports/splits.ts";
import { tableName } from "../core/stage-names.ts";
import { type InputEntry, inputTable } from "../core/workflow.ts";
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
  readonly deliveries: Deliveries;
  readonly splits: Splits;
  /** The workflows that are known to run there. */
  inputs(): Promise<readonly InputEntry[]>;
}

/** Where the history of a stage is kept; the client is to be destroyed. */
export interface HistoryPlace extends Pick<History, "inputs"> {
  readonly client: DynamoDBClient;
  readonly table: string;
}

/**
 * Does something with the history of the local stack or of a deployed stage, whose table is HOOKLINE_TABLE or `hookline-<stage>` and
 * whose credentials and region are found as the AWS SDK does.
 * @throws FlowError `config_error` when no local stack runs on the folder.
 */
export async function withHistory<T>(
  options: HistoryOptions,
  work: (history: History) => Promise<T>,
): Promise<T> {
  const { client, table, inputs } = historyPlace(options);
  const hint = `set HOOKLINE_TABLE to the stage's output TableName (asked for: ${table})`;
  try {
    const place = { client, table };
    const stores = {
      store: createDynamoRunStore(place),
      deliveries: createDynamoDeliveries(place),
      splits: createDynamoSplits(place),
    };
    return await askAws(hint, () => work({ ...stores, inputs }));
  } finally {
    client.destroy();
  }
}

/** @throws FlowError `config_error` when no local stack runs on the folder, `invalid_input` for a text that is no stage. */
export function historyPlace({ stage, data }: HistoryOptions): HistoryPlace {
  return stage === LOCAL_STAGE ? localHistory(data) : deployedHistory(stageName(stage));
}

/** What a run that is not there is told as. */
export function noSuchRun(runId: string, stage: string): FlowError {
  return new FlowError("invalid_input", `the stage "${stage}" has no run ${runId}: see "hookline runs list"`);
}

function localHistory(data: string): HistoryPlace {
  const { endpoints } = findStack(data);
  const inputs = createInputCatalog(join(catalogFolder(data), "inputs.json"));
  return {
    client: new DynamoDBClient({
      endpoint: endpoints.dynamodb,
      region: LOCAL_REGION,
      credentials: LOCAL_CREDENTIALS,
    }),
    table: tableName(LOCAL_STAGE),
    inputs: async () => inputs.all(),
  };
}

function deployedHistory(stage: string): HistoryPlace {
  return {
    client: new DynamoDBClient({}),
    table: process.env.HOOKLINE_TABLE ?? tableName(stage),
    inputs: async () => inputTable((await compileWorkflows("workflows")).workflows),
  };
}
