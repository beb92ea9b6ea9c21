import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { SQSClient } from "@aws-sdk/client-sqs";
import { createDynamoRunStore } from "../adapters/dynamo/dynamo-run-store.ts";
import { createDynamoSplits } from "../adapters/dynamo/dynamo-splits.ts";
import { createSqsQueue } from "../adapters/sqs-queue.ts";
import type { Queue } from "../core/ports/queue.ts";
import type { RunStore } from "../core/ports/run-store.ts";
import type { Splits } from "../core/ports/splits.ts";
import { tableName, webhookKeyId, workflowSecretsId } from "../core/stage-names.ts";
import { type ChildServer, startChildServer } from "./child-server.ts";
import { createQueues, createSourceQueue, createTableIfAbsent, queueUrls } from "./create-resources.ts";
import { LOCAL_CREDENTIALS, LOCAL_REGION, LOCAL_STAGE, MANY_RUNS } from "./local-names.ts";
import { localSqsClient } from "./local-sqs-client.ts";
import { startObjectServer } from "./object-server.ts";
import { startSecretsServer } from "./secrets-server.ts";
import { webhookKeySecret } from "./webhook-key.ts";

/** The stand-ins for AWS's services, ready to use. */
export interface LocalServices {
  readonly dynamodb: ChildServer;
  readonly sqs: ChildServer;
  readonly secretsUrl: string;
  readonly objectsUrl: string;
  /** What requests for secrets are signed with; known to this process alone. */
  readonly accessKeyId: string;
  readonly queueUrl: string;
  readonly deadLetterUrl: string;
  readonly sqsClient: SQSClient;
  /** Makes a queue beside the stage's own, unless it is there, now and whenever the server begins anew. */
  readonly createQueue: (name: string) => Promise<void>;
  readonly store: RunStore;
  readonly splits: Splits;
  readonly queue: Queue;
}

/** What the services need to know. */
export interface LocalServicesOptions {
  readonly dataFolder: string;
  /** Names and values of the workflow secret, asked for at each read. */
  readonly workflowSecrets: () => { readonly [name: string]: string };
  /** How long an invocation of the runner may last. */
  readonly invocationSeconds: number;
  readonly log: (line: string) => void;
}

/** Starts the table store, the queue and the secrets on loopback, with the table and the queues of a stage in them. */
export async function startLocalServices(
  { dataFolder, workflowSecrets, invocationSeconds, log }: LocalServicesOptions,
  parts: AsyncDisposableStack,
): Promise<LocalServices> {
  const start = async (
    name: string,
    script: URL,
    more: { data?: string; onRestart?: () => Promise<void> },
  ) => {
    const server = await startChildServer({ name, script, log, ...more });
    parts.defer(() => server.close());
    return server;
  };
  const accessKeyId = randomBytes(20).toString("hex");
  // Held back until there is a queue and a store to work with.
  let requeue = async (): Promise<void> => {};
  const [dynamodb, sqs, secrets, objects] = await Promise.all([
    start("table store", new URL("./dynamodb-child.ts", import.meta.url), {
      data: join(dataFolder, "dynamodb"),
    }),
    start("queue", new URL("./sqs-child.ts", import.meta.url), { onRestart: () => requeue() }),
    startSecretsServer(
      new Map([
        [webhookKeyId(LOCAL_STAGE), webhookKeySecret(dataFolder)],
        [workflowSecretsId(LOCAL_STAGE), { read: () => JSON.stringify(workflowSecrets()) }],
      ]),
      accessKeyId,
    ),
    startObjectServer(dataFolder, accessKeyId),
  ]);
  parts.defer(() => secrets.close());
  parts.defer(() => objects.close());

  const common = { region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS };
  const dynamodbClient = new DynamoDBClient({ ...common, endpoint: dynamodb.url });
  const sqsClient = localSqsClient(sqs.url);
  parts.defer(() => dynamodbClient.destroy());
  parts.defer(() => sqsClient.destroy());
  await Promise.all([createTableIfAbsent(dynamodbClient), createQueues(sqsClient, invocationSeconds)]);

  const table = { client: dynamodbClient, table: tableName(LOCAL_STAGE) };
  const store = createDynamoRunStore(table);
  const urls = queueUrls(sqs.url);
  const queue = createSqsQueue({ client: sqsClient, ...urls });
  // The queue's messages were in its memory; the store knows what they said.
  const others = new Set<string>();
  requeue = async () => {
    await createQueues(sqsClient, invocationSeconds);
    for (const name of others) await createSourceQueue(sqsClient, name);
    const open = await store.due(Number.POSITIVE_INFINITY, MANY_RUNS);
    await queue.sendAll(open.map(({ runId }) => ({ runId })));
  };
  return {
    dynamodb,
    sqs,
    secretsUrl: secrets.url,
    objectsUrl: objects.url,
    accessKeyId,
    ...urls,
    sqsClient,
    async createQueue(name) {
      others.add(name);
      await createSourceQueue(sqsClient, name);
    },
    store,
    splits: createDynamoSplits(table),
    queue,
  };
}
