import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SQSClient } from "@aws-sdk/client-sqs";
import { environment } from "./environment.ts";

// A call that hangs must not eat the invocation: the SDK tries three times, which leaves room for all of them.
const requestHandler = { connectionTimeout: 2_000, requestTimeout: 8_000 };

/** The client of the table. */
export function dynamoClient(): DynamoDBClient {
  return withoutLogger(new DynamoDBClient({ requestHandler }));
}

/** The client of the queues. It sends to the host of a queue's URL unless it is given an endpoint in so many words. */
export function sqsClient(): SQSClient {
  const endpoint = environment().AWS_ENDPOINT_URL_SQS;
  return withoutLogger(
    new SQSClient({
      requestHandler,
      ...(endpoint !== undefined && { endpoint, useQueueUrlAsEndpoint: false }),
    }),
  );
}

/** The client of the stage's secrets. */
export function secretsClient(): SecretsManagerClient {
  return withoutLogger(new SecretsManagerClient({ requestHandler }));
}

/** The SDK copies every input and output for its logger, also when there is none: 4 % of a run's time in the runner. */
function withoutLogger<Client extends { readonly middlewareStack: { remove(name: string): boolean } }>(
  client: Client,
): Client {
  client.middlewareStack.remove("loggerMiddleware");
  return client;
}
