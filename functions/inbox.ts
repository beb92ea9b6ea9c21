import middy from "@middy/core";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { dynamoClient, sqsClient } from "../lib/adapters/aws-clients.ts";
import { buryMessage } from "../lib/adapters/bury-message.ts";
import { createInputCatalog, createWorkflowTexts } from "../lib/adapters/catalog-file.ts";
import { createDynamoDeliveries } from "../lib/adapters/dynamo/deliveries.ts";
import { createDynamoSchedules } from "../lib/adapters/dynamo/dynamo-schedules.ts";
import { createDynamoSplits } from "../lib/adapters/dynamo/dynamo-splits.ts";
import { createDynamoNewRunStore } from "../lib/adapters/dynamo/new-run-store.ts";
import { catalogFile, environment } from "../lib/adapters/environment.ts";
import { flushAtEnd } from "../lib/adapters/flush-at-end.ts";
import { createLog } from "../lib/adapters/json-log.ts";
import { logFaults } from "../lib/adapters/log-faults.ts";
import { createS3Mails } from "../lib/adapters/mail/s3-mails.ts";
import { createEmfMetrics } from "../lib/adapters/metrics/emf-metrics.ts";
import { createSqsQueue } from "../lib/adapters/sqs-queue.ts";
import { systemClock } from "../lib/adapters/system-clock.ts";
import { toQueueMessage } from "../lib/app/queue-message.ts";
import { type Inbox, takeMessages } from "../lib/app/take-messages.ts";
import { timingsOf } from "../lib/app/timings.ts";
import { inboxConfig, readConfig } from "../lib/core/config.ts";

const config = readConfig(inboxConfig, environment());
const client = sqsClient();
const deadLetterUrl = config.HOOKLINE_DLQ_URL;
const table = { client: dynamoClient(), table: config.HOOKLINE_TABLE };
const metrics = createEmfMetrics({ stage: config.HOOKLINE_STAGE, level: config.HOOKLINE_LOG_LEVEL });
const inbox: Inbox = {
  store: createDynamoNewRunStore(table),
  schedules: createDynamoSchedules(table),
  splits: createDynamoSplits(table),
  deliveries: createDynamoDeliveries(table),
  queue: createSqsQueue({ client, queueUrl: config.HOOKLINE_QUEUE_URL, deadLetterUrl }),
  giveBack: createSqsQueue({ client, queueUrl: config.HOOKLINE_INBOX_URL, deadLetterUrl }).giveBack,
  bury: (body, reason) => buryMessage({ client, deadLetterUrl: config.HOOKLINE_INBOX_DLQ_URL }, body, reason),
  inboxArn: config.HOOKLINE_INBOX_ARN,
  inputs: createInputCatalog(catalogFile("inputs.json")),
  catalog: createWorkflowTexts(catalogFile("workflows")),
  mails: createS3Mails(),
  clock: systemClock,
  log: createLog({ service: "inbox", level: config.HOOKLINE_LOG_LEVEL }),
  metrics,
  stage: config.HOOKLINE_STAGE,
  plainEnvironment: environment(),
  maxBodyBytes: config.HOOKLINE_MAX_BODY_BYTES,
  timings: timingsOf(config.HOOKLINE_INVOCATION_SECONDS * 1000),
};

/** Takes what services bring, a batch of one queue; messages that are to come again are reported. */
export const handler = middy(async (event: SQSEvent): Promise<SQSBatchResponse> => {
  const stay = await takeMessages(inbox, event.Records.map(toQueueMessage));
  return { batchItemFailures: stay.map((itemIdentifier) => ({ itemIdentifier })) };
})
  .use(logFaults(inbox.log))
  .use(flushAtEnd(metrics));
