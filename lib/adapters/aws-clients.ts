import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SQSClient } from "@aws-sdk/client-sqs";
import { environment } from "./environment.ts";

/** How long one try of a call may take, in milliseconds; the SDK makes three, four with the table. */
const TRY_MS = 8_000;
/**
 * The same for ingest: a call that hangs, and the one that takes back what it may have stored, end before the function's
 * 29 seconds do, so that the sender gets our 503.
 */
export const INGEST_TRY_MS = 3_000;

/** How long a client waits. Without the last one the SDK writes a warning and goes on waiting. */
export const requestHandler = (tryMs = TRY_MS) => ({
  connectionTimeout: 2_000,
  requestTimeout: tryMs,
  throwOnRequestTimeout: true,
});

/** The client of the table; with `connections` it has so many requests under way at most, and others wait for these. */
export function dynamoClient({
  tryMs = TRY_MS,
  connections,
}: {
  readonly tryMs?: number;
  readonly connections?: number | undefined;
} = {}): DynamoDBClient {
  const usual = requestHandler(tryMs);
  const few = { connectionTimeout: tryMs, httpAgent: { keepAlive: true, maxSockets: connections } };
  return withoutLogger(
    new DynamoDBClient({ requestHandler: connections === undefined ? usual : { ...usual, ...few } }),
  );
}

/** The client of the queues. It sends to the host of a queue's URL unless it is given an endpoint in so many words. */
export function sqsClient(tryMs = TRY_MS): SQSClient {
  const endpoint = environment().AWS_ENDPOINT_URL_SQS;
  return withoutLogger(
    new SQSClient({
      requestHandler: requestHandler(tryMs),
      ...(endpoint !== undefined && { endpoint, useQueueUrlAsEndpoint: false }),
    }),
  );
}

/** The client of the stage's secrets. */
export function secretsClient(tryMs = TRY_MS): SecretsManagerClient {
  return withoutLogger(new SecretsManagerClient({ requestHandler: requestHandler(tryMs) }));
}

/** The SDK copies every input and output for its logger, also when there is none: 4 % of a run's time in the runner. */
export function withoutLogger<Client extends { readonly middlewareStack: { remove(name: string): boolean } }>(
  client: Client,
): Client {
  client.middlewareStack.remove("loggerMiddleware");
  return client;
}
