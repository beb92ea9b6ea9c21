import {
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceInUseException,
} from "@aws-sdk/client-dynamodb";
import { CreateQueueCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { tableDefinition } from "../adapters/dynamo/table-definition.ts";
import { MOST_DELIVERIES } from "../core/inbox-deliveries.ts";
import {
  deadLetterQueueName,
  inboxDeadLettersName,
  inboxName,
  queueName,
  tableName,
} from "../core/stage-names.ts";
import { LOCAL_ACCOUNT, LOCAL_REGION, LOCAL_STAGE } from "./local-names.ts";

const QUEUE = queueName(LOCAL_STAGE);
const DEAD_LETTERS = deadLetterQueueName(LOCAL_STAGE);
const MAX_RECEIVE_COUNT = 5;
const INBOX_VISIBILITY_SECONDS = "180";

/** The URL of a queue; the server's own do not resolve. */
export function queueUrlAt(sqsUrl: string, name: string): string {
  return `${sqsUrl}/${LOCAL_ACCOUNT}/${name}`;
}

/** The ARN of one of the stage's own queues. */
export function localQueueArn(name: string): string {
  return `arn:aws:sqs:${LOCAL_REGION}:${LOCAL_ACCOUNT}:${name}`;
}

/** The URLs of both queues of runs. */
export function queueUrls(sqsUrl: string): { readonly queueUrl: string; readonly deadLetterUrl: string } {
  return { queueUrl: queueUrlAt(sqsUrl, QUEUE), deadLetterUrl: queueUrlAt(sqsUrl, DEAD_LETTERS) };
}

/** Creates the stage's table unless it is there. */
export async function createTableIfAbsent(client: DynamoDBClient): Promise<void> {
  try {
    await createTable(client, tableName(LOCAL_STAGE));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
}

/** Creates a table; it can be used from then on. */
export async function createTable(client: DynamoDBClient, name: string): Promise<void> {
  await client.send(new CreateTableCommand(tableDefinition(name)));
  // The server answers a moment before it is made.
  const describe = new DescribeTableCommand({ TableName: name });
  while ((await client.send(describe)).Table?.TableStatus !== "ACTIVE");
}

/** Creates the stage's queues unless they are there; as in the cloud, a message stays hidden for six invocations. */
export async function createQueues(client: SQSClient, invocationSeconds: number): Promise<void> {
  await createQueue(client, DEAD_LETTERS);
  await createQueue(client, QUEUE, {
    VisibilityTimeout: String(6 * invocationSeconds),
    RedrivePolicy: redriveTo(DEAD_LETTERS, MAX_RECEIVE_COUNT),
  });
  const inboxLetters = inboxDeadLettersName(LOCAL_STAGE);
  await createQueue(client, inboxLetters);
  await createQueue(client, inboxName(LOCAL_STAGE), {
    VisibilityTimeout: INBOX_VISIBILITY_SECONDS,
    RedrivePolicy: redriveTo(inboxLetters, MOST_DELIVERIES),
  });
}

/** Creates a queue that a workflow reads, with a dead-letter queue, unless it is there. */
export async function createSourceQueue(client: SQSClient, name: string): Promise<void> {
  const deadLetters = name.replace(/(\.fifo)?$/, "-dead-letters$1");
  await createQueue(client, deadLetters);
  await createQueue(client, name, { RedrivePolicy: redriveTo(deadLetters, MAX_RECEIVE_COUNT) });
}

function redriveTo(name: string, maxReceiveCount: number): string {
  return JSON.stringify({ deadLetterTargetArn: localQueueArn(name), maxReceiveCount });
}

/** Creates a queue unless it is there; one whose name ends in `.fifo` keeps an order. */
async function createQueue(
  client: SQSClient,
  name: string,
  attributes: { readonly [name: string]: string } = {},
): Promise<void> {
  const order = name.endsWith(".fifo") ? { FifoQueue: "true", ContentBasedDeduplication: "true" } : {};
  await client.send(new CreateQueueCommand({ QueueName: name, Attributes: { ...attributes, ...order } }));
}
