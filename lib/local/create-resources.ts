import { CreateTableCommand, type DynamoDBClient, ResourceInUseException } from "@aws-sdk/client-dynamodb";
import { CreateQueueCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { tableDefinition } from "../adapters/dynamo/table-definition.ts";
import { deadLetterQueueName, queueName, tableName } from "../core/stage-names.ts";
import { LOCAL_ACCOUNT, LOCAL_REGION, LOCAL_STAGE } from "./local-names.ts";

const QUEUE = queueName(LOCAL_STAGE);
const DEAD_LETTERS = deadLetterQueueName(LOCAL_STAGE);
const MAX_RECEIVE_COUNT = 5;

/** The URLs of both queues; the server's own do not resolve. */
export function queueUrls(sqsUrl: string): { readonly queueUrl: string; readonly deadLetterUrl: string } {
  const urlOf = (name: string) => `${sqsUrl}/${LOCAL_ACCOUNT}/${name}`;
  return { queueUrl: urlOf(QUEUE), deadLetterUrl: urlOf(DEAD_LETTERS) };
}

/** Creates the table unless it is there. */
export async function createTableIfAbsent(client: DynamoDBClient): Promise<void> {
  try {
    await client.send(new CreateTableCommand(tableDefinition(tableName(LOCAL_STAGE))));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
}

/** Creates the work queue and its dead-letter queue unless they are there; as in the cloud, a message stays hidden for six invocations. */
export async function createQueues(client: SQSClient, invocationSeconds: number): Promise<void> {
  await client.send(new CreateQueueCommand({ QueueName: DEAD_LETTERS }));
  const deadLetterTargetArn = `arn:aws:sqs:${LOCAL_REGION}:${LOCAL_ACCOUNT}:${DEAD_LETTERS}`;
  await client.send(
    new CreateQueueCommand({
      QueueName: QUEUE,
      Attributes: {
        VisibilityTimeout: String(6 * invocationSeconds),
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: MAX_RECEIVE_COUNT }),
      },
    }),
  );
}
