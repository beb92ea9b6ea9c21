import middy from "@middy/core";
import { dynamoClient, INGEST_TRY_MS, secretsClient, sqsClient } from "../lib/adapters/aws-clients.ts";
import { createInputCatalog, createWorkflowTexts } from "../lib/adapters/catalog-file.ts";
import { createDynamoIngestStores } from "../lib/adapters/dynamo/ingest-stores.ts";
import { catalogFile, environment } from "../lib/adapters/environment.ts";
import { flushAtEnd } from "../lib/adapters/flush-at-end.ts";
import { createFront } from "../lib/adapters/front.ts";
import { createLog } from "../lib/adapters/json-log.ts";
import { logFaults } from "../lib/adapters/log-faults.ts";
import { createEmfMetrics } from "../lib/adapters/metrics/emf-metrics.ts";
import { createSecretsManager } from "../lib/adapters/secrets-manager.ts";
import { createSqsQueue } from "../lib/adapters/sqs-queue.ts";
import { systemClock } from "../lib/adapters/system-clock.ts";
import { systemRandom } from "../lib/adapters/system-random.ts";
import { ingestEvent } from "../lib/app/ingest-event.ts";
import type { Ingest } from "../lib/app/store-event.ts";
import { timingsOf } from "../lib/app/timings.ts";
import { webhookHandler } from "../lib/app/webhook-handler.ts";
import { ingestConfig, readConfig } from "../lib/core/config.ts";

const config = readConfig(ingestConfig, environment());
const log = createLog({ service: "ingest", level: config.HOOKLINE_LOG_LEVEL });
const metrics = createEmfMetrics({ stage: config.HOOKLINE_STAGE, level: config.HOOKLINE_LOG_LEVEL });
const table = { client: dynamoClient({ tryMs: INGEST_TRY_MS }), table: config.HOOKLINE_TABLE };
const ingest: Ingest = {
  ...createDynamoIngestStores(table),
  queue: createSqsQueue({
    client: sqsClient(INGEST_TRY_MS),
    queueUrl: config.HOOKLINE_QUEUE_URL,
    deadLetterUrl: config.HOOKLINE_DLQ_URL,
  }),
  secrets: createSecretsManager({
    client: secretsClient(INGEST_TRY_MS),
    webhookKeyId: config.HOOKLINE_WEBHOOK_KEY_ID,
    ...(config.HOOKLINE_SECRETS_ID !== undefined && { workflowSecretId: config.HOOKLINE_SECRETS_ID }),
    ttlSeconds: config.HOOKLINE_SECRETS_TTL_SECONDS,
    clock: systemClock,
  }),
  inputs: createInputCatalog(catalogFile("inputs.json")),
  catalog: createWorkflowTexts(catalogFile("workflows")),
  clock: systemClock,
  random: systemRandom,
  log,
  metrics,
  stage: config.HOOKLINE_STAGE,
  orgId: config.HOOKLINE_ORG_ID,
  plainEnvironment: environment(),
  maxBodyBytes: config.HOOKLINE_MAX_BODY_BYTES,
  timings: timingsOf(config.HOOKLINE_INVOCATION_SECONDS * 1000),
};

const front = createFront(config, { client: secretsClient(INGEST_TRY_MS), clock: systemClock });

/** Accepts webhooks from API Gateway. */
export const handler = middy(webhookHandler({ front, log }, (request) => ingestEvent(ingest, request)))
  .use(logFaults(log))
  .use(flushAtEnd(metrics));
