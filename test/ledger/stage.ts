import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { DeleteMessageBatchCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { parseMessage } from "../../lib/core/ports/queue.ts";
import type { RunStore } from "../../lib/core/ports/run-store.ts";
import type { RunRecord } from "../../lib/core/run.ts";
import { functionEnvironment } from "../../lib/local/function-environment.ts";
import { catalogFolder, MANY_RUNS } from "../../lib/local/local-names.ts";
import { type LocalServices, startLocalServices } from "../../lib/local/local-services.ts";
import { metricFolder } from "../../lib/local/metric-recorder.ts";
import { localWebhookPath, webhookKeys } from "../../lib/local/webhook-key.ts";
import { watchWorkflowFiles } from "../../lib/local/workflow-files.ts";
import type { DeadLetter } from "./audit.ts";
import { type RoleProcess, startRole } from "./role-process.ts";

/** What a stage is started with. */
export interface StageOptions {
  /** Gets the table's data, and the processes' logs under `logs`. */
  readonly folder: string;
  readonly workflowsFolder: string;
  /** What the workflows read as `PEER`. */
  readonly peerOrigin: string;
  readonly invocationSeconds: number;
  /** Wait before a failed run's second delivery; doubles with each. */
  readonly retryBaseSeconds: number;
  /** Hears of a server that died, or had something to say. */
  readonly onTrouble: (what: string) => void;
  /** Hears of a process that ended by itself, and is not there any more. */
  readonly onCrash: (what: string) => void;
}

/** Ingest, runners and sweeper as processes of their own, on a table and a queue that outlive them all. */
export interface Stage {
  readonly ingest: RoleProcess;
  readonly sweeper: RoleProcess;
  readonly runners: readonly RoleProcess[];
  addRunner(): Promise<RoleProcess>;
  readonly store: RunStore;
  urlOf(workflow: string): string;
  /** Resolves when no run is left that has not ended. @throws Error naming some of those that have not after `patienceMs`. */
  untilAllEnded(patienceMs: number): Promise<void>;
  runs(): Promise<readonly RunRecord[]>;
  /** Takes what lies in the dead-letter queue. */
  takeDeadLetters(): Promise<readonly DeadLetter[]>;
}

const LOOK_EVERY_MS = 250;

/** Starts one without runners in a folder that exists; `parts` ends the servers, `end` of each role the roles. */
export async function startStage(options: StageOptions, parts: AsyncDisposableStack): Promise<Stage> {
  const { folder, workflowsFolder, peerOrigin, invocationSeconds, onTrouble } = options;
  const logs = join(folder, "logs");
  mkdirSync(logs, { recursive: true });
  const catalog = catalogFolder(folder);
  const files = watchWorkflowFiles({
    folder: workflowsFolder,
    catalogFolder: catalog,
    onTrouble: console.error,
  });
  parts.defer(() => files.close());
  const services = await startLocalServices(
    {
      dataFolder: folder,
      workflowSecrets: () => ({ PEER: peerOrigin }),
      invocationSeconds,
      log: onTrouble,
    },
    parts,
  );
  const env = {
    PATH: process.env.PATH,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(folder, "compile-cache"),
    ...functionEnvironment(
      {
        ...services,
        dynamodb: services.dynamodb.url,
        sqs: services.sqs.url,
        secrets: services.secretsUrl,
        objects: services.objectsUrl,
        catalogFolder: catalog,
        metricFolder: metricFolder(folder),
      },
      {},
      {
        HOOKLINE_ALLOW_PRIVATE_HOSTS: "127.0.0.1",
        HOOKLINE_INVOCATION_SECONDS: String(invocationSeconds),
        HOOKLINE_RETRY_BASE_SECONDS: String(options.retryBaseSeconds),
      },
    ),
  };
  const start = (role: "ingest" | "runner" | "sweeper", name: string = role) =>
    startRole({ name, role, env, logFile: join(logs, `${name}.log`), onCrash: options.onCrash });
  const [ingest, sweeper] = await Promise.all([start("ingest"), start("sweeper")]);
  const runners: RoleProcess[] = [];
  const keys = webhookKeys(folder);
  const { store } = services;
  const names = files.workflows.map(({ name }) => name);
  return {
    ingest,
    sweeper,
    runners,
    async addRunner() {
      const runner = await start("runner", `runner-${runners.length}`);
      runners.push(runner);
      return runner;
    },
    store,
    urlOf: (workflow) => `http://127.0.0.1:${ingest.port}${localWebhookPath(keys, workflow)}`,
    async untilAllEnded(patienceMs) {
      const until = performance.now() + patienceMs;
      for (;;) {
        const open = await store.due(Number.POSITIVE_INFINITY, MANY_RUNS);
        if (open.length === 0) return;
        if (performance.now() > until) {
          const some = open.slice(0, 5).map((run) => JSON.stringify(run));
          throw new Error(`${open.length} runs have not ended, some of them: ${some.join(", ")}`);
        }
        await pause(LOOK_EVERY_MS);
      }
    },
    async runs() {
      const summaries = await store.list({
        workflows: names,
        limit: MANY_RUNS,
        until: Number.MAX_SAFE_INTEGER,
        since: Date.now() - 86_400_000,
      });
      const records: RunRecord[] = [];
      for (const { runId } of summaries) {
        const run = await store.get(runId);
        if (run) records.push(run);
      }
      return records;
    },
    takeDeadLetters: () => takeAll(services),
  };
}

async function takeAll({ sqsClient, deadLetterUrl }: LocalServices): Promise<readonly DeadLetter[]> {
  const taken: DeadLetter[] = [];
  for (;;) {
    const { Messages = [] } = await sqsClient.send(
      new ReceiveMessageCommand({
        QueueUrl: deadLetterUrl,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ["All"],
      }),
    );
    if (Messages.length === 0) return taken;
    for (const { Body = "", MessageAttributes } of Messages) {
      const reason = MessageAttributes?.reason_class?.StringValue;
      taken.push({ runId: parseMessage(Body)?.runId, ...(reason !== undefined && { reason }) });
    }
    await sqsClient.send(
      new DeleteMessageBatchCommand({
        QueueUrl: deadLetterUrl,
        Entries: Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
      }),
    );
  }
}
