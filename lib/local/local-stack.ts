import { existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Context } from "aws-lambda";
import { createInputCatalog } from "../adapters/catalog-file.ts";
import { announceVersions, type DeployedHashes, settleSplits } from "../app/announce-versions.ts";
import { ingestConfig, readConfig, sweeperConfig } from "../core/config.ts";
import { type EnvironmentSource, STAGE_NAME } from "../core/environment-source.ts";
import { isSource } from "../core/source-input.ts";
import { inputTable, type Workflow } from "../core/workflow.ts";
import { resolveEnvironment } from "../engine/environment.ts";
import { startFeeds } from "./feeds.ts";
import { FUNCTION_SETTINGS, functionEnvironment, setEnvironment } from "./function-environment.ts";
import { loadFunctions } from "./functions.ts";
import { startHttpFront } from "./http-front.ts";
import { lambdaContext } from "./lambda-context.ts";
import { fileSources, localSources, pickValues } from "./local-environment.ts";
import { catalogFolder, LOCAL_STAGE } from "./local-names.ts";
import { type LocalServices, startLocalServices } from "./local-services.ts";
import { metricFolder } from "./metric-recorder.ts";
import { ownIdentity } from "./process-identity.ts";
import { recoverRuns } from "./recover-runs.ts";
import { startRunner } from "./runner-process.ts";
import { isCronWorkflow, startScheduler } from "./scheduler.ts";
import { hasDied, writeStackFile } from "./stack-file.ts";
import { lockDataFolder } from "./stack-lock.ts";
import { localWebhookPath, webhookKeys } from "./webhook-key.ts";
import { type WorkflowFile, type WorkflowFiles, watchWorkflowFiles } from "./workflow-files.ts";
import { readIfPresent } from "./working-folder.ts";

/** What a local stack is started with. */
export interface LocalStackOptions {
  /** 0: any free port. */
  readonly port: number;
  readonly workflowsFolder: string;
  readonly dataFolder: string;
  /** The variables this process was started with. */
  readonly shell: EnvironmentSource;
  /** Takes a line for the log: servers that died, functions that threw. */
  readonly log: (line: string) => void;
  /** Hears of files that changed after the start; one that is gone has neither workflow nor problems. */
  readonly onFilesChanged: (files: readonly WorkflowFile[]) => void;
  /** Hears why a change of a file could not take effect. */
  readonly onTrouble: (error: unknown) => void;
  /** Hears that the runner's process ended by itself, and how; another one is started. */
  readonly onRunnerDied: (how: string) => void;
}

/** A workflow that serves, and how to call it. */
export interface ServedWorkflow {
  readonly name: string;
  readonly url: string;
  readonly workflow: Workflow;
  /** Names it reads that have no value now: its runs fail before their first step. */
  readonly missing: readonly string[];
}

/** A running stack. */
export interface LocalStack {
  readonly url: string;
  readonly workflows: readonly ServedWorkflow[];
  readonly files: readonly WorkflowFile[];
  /** Runs of an earlier process that go on now. */
  readonly recovered: number;
  /** That process ended without having been stopped: those that were under way go on one by one. */
  readonly died: boolean;
  /** Takes no new events, lets runs under way end for some seconds, and ends; what is left goes on at the next start. */
  close(): Promise<void>;
}

/** Invocations of the runner at once, each with up to 10 runs. */
export const RUNNER_CONCURRENCY = 5;
/** What senders call; everything else is the console's. */
const API_PATH = "/v1/";
/** How long runs under way may go on after a stop. */
const GRACE_MS = 5_000;

/**
 * Brings up everything a deployed stage has, on loopback and in the data folder. One stack a process: the functions
 * read their environment once.
 * @throws FlowError `config_error` for a folder that is missing or in use, Error with code EADDRINUSE for a taken port.
 */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const dataFolder = resolve(options.dataFolder);
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const parts = new AsyncDisposableStack();
  try {
    parts.defer(lockDataFolder(dataFolder));
    return await bringUp(options, dataFolder, parts);
  } catch (error) {
    await parts.disposeAsync();
    throw error;
  }
}

async function bringUp(
  { port, workflowsFolder, shell, log, onFilesChanged, onTrouble, onRunnerDied }: LocalStackOptions,
  dataFolder: string,
  parts: AsyncDisposableStack,
): Promise<LocalStack> {
  const catalog = catalogFolder(dataFolder);
  const before = hashesIn(catalog);
  const files = watchWorkflowFiles({ folder: workflowsFolder, catalogFolder: catalog, onTrouble });
  parts.defer(() => files.close());
  const sources = () => localSources({ shell, stage: LOCAL_STAGE, readFile: readIfPresent });
  const settings = pickValues(FUNCTION_SETTINGS, sources());
  const { HOOKLINE_INVOCATION_SECONDS: invocationSeconds } = readConfig(
    sweeperConfig.pick({ HOOKLINE_INVOCATION_SECONDS: true }),
    settings,
  );
  // A run may be of a version that reads names which no file reads any more.
  const names = () => new Set([...namesIn(files.workflows), ...namesInFiles()]);
  const workflowSecrets = () => pickValues(names(), sources());
  const services = await startLocalServices({ dataFolder, workflowSecrets, invocationSeconds, log }, parts);
  const environment = functionEnvironment(
    { ...services, ...endpointsOf(services), catalogFolder: catalog, metricFolder: metricFolder(dataFolder) },
    shell,
    settings,
  );
  setEnvironment(environment);
  const functions = await loadFunctions();
  const stopping = new AbortController();
  const functionName = (name: string) => `hookline-${LOCAL_STAGE}-${name}`;
  const context = (name: string): Context =>
    lambdaContext(functionName(name), invocationSeconds * 1000, stopping.signal);
  const front = await startHttpFront({
    port,
    maxBodyBytes: readConfig(ingestConfig, environment).HOOKLINE_MAX_BODY_BYTES,
    invoke: (event) =>
      event.rawPath.startsWith(API_PATH)
        ? functions.ingest(event, context("ingest"))
        : functions.console(event, context("console")),
    log,
  });
  parts.defer(() => front.close());

  const died = hasDied(dataFolder);
  const recovered = await recoverRuns(services.store, services.queue, Date.now(), died);
  const runner = await startRunner({
    functionName: functionName("runner"),
    sqsUrl: services.sqs.url,
    queueUrl: services.queueUrl,
    concurrency: RUNNER_CONCURRENCY,
    invocationMs: invocationSeconds * 1000,
    store: services.store,
    queue: services.queue,
    graceMs: GRACE_MS,
    log,
    onDeath: onRunnerDied,
  });
  parts.defer(() => runner.close());
  const feeds = startFeeds({
    client: services.sqsClient,
    sqsUrl: services.sqs.url,
    createQueue: services.createQueue,
    values: sources,
    invoke: (event) => functions.inbox(event, context("inbox")),
    log,
  });
  parts.defer(() => feeds.stop());
  const scheduler = startScheduler({
    sweep: () => functions.sweeper({}, context("sweeper")),
    fire: (message) => feeds.send(message),
    log,
  });
  parts.defer(() => scheduler.stop());
  const { dynamodb, sqs } = services;
  const word = { url: front.url, process: ownIdentity(), endpoints: endpointsOf(services) };
  parts.defer(
    writeStackFile(dataFolder, {
      ...word,
      servers: { dynamodb: dynamodb.pid, sqs: sqs.pid, runner: runner.pid },
    }),
  );

  let deployed = before;
  const followFiles = async () => {
    const { workflows } = files;
    // As a deployment writes them into the environment of inbox and console.
    setEnvironment(pickValues(plainNames(workflows), sources()));
    scheduler.follow(workflows.filter(isCronWorkflow));
    await feeds.follow(workflows);
    await announceVersions(services, workflows, deployed, { at: Date.now(), by: "the local stack" });
    await settleSplits(services.splits, workflows);
    deployed = Object.fromEntries(workflows.map(({ name, hash }) => [name, hash]));
  };
  let following = Promise.resolve();
  const follow = () => {
    following = following.catch(() => {}).then(followFiles);
    return following;
  };
  await follow();
  files.onChange((changed) => {
    follow().catch(onTrouble);
    onFilesChanged(changed);
  });
  return {
    url: front.url,
    recovered,
    died,
    get workflows() {
      return served(files, front.url, dataFolder, sources());
    },
    get files() {
      return files.files;
    },
    async close() {
      // Runs need the longest: they hear of it first.
      await Promise.all([runner.close(), front.close()]);
      await parts.disposeAsync();
    },
  };
}

function endpointsOf({ dynamodb, sqs, secretsUrl, objectsUrl }: LocalServices) {
  return { dynamodb: dynamodb.url, sqs: sqs.url, secrets: secretsUrl, objects: objectsUrl };
}

/** What the stack on this folder served last. */
function hashesIn(catalog: string): DeployedHashes {
  const file = join(catalog, "inputs.json");
  const inputs = existsSync(file) ? createInputCatalog(file).all() : [];
  return Object.fromEntries(inputs.map(({ name, hash }) => [name, hash]));
}

function namesIn(workflows: readonly Workflow[]): Set<string> {
  return new Set(workflows.flatMap(({ environment }) => environment.map(({ name }) => name)));
}

/** The names of inputs that are no secrets; what a source reads is none. */
function plainNames(workflows: readonly Workflow[]): readonly string[] {
  return workflows.flatMap((workflow) => {
    const names = inputTable([workflow]).flatMap(({ environment = [] }) => environment);
    return names.flatMap(({ name, secret }) => (secret && !isSource(workflow.input) ? [] : [name]));
  });
}

function namesInFiles(): readonly string[] {
  return fileSources({ stage: LOCAL_STAGE, readFile: readIfPresent }).flatMap(Object.keys);
}

function served(
  { workflows }: WorkflowFiles,
  apiUrl: string,
  dataFolder: string,
  sources: readonly EnvironmentSource[],
): readonly ServedWorkflow[] {
  const keys = webhookKeys(dataFolder);
  return workflows.map((workflow) => ({
    name: workflow.name,
    url: apiUrl + localWebhookPath(keys, workflow.name),
    workflow,
    missing: resolveEnvironment(workflow, [...sources, { [STAGE_NAME]: LOCAL_STAGE }]).missing,
  }));
}
