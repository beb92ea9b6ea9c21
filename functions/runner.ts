import middy from "@middy/core";
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { dynamoClient, secretsClient, sqsClient } from "../lib/adapters/aws-clients.ts";
import { createWorkflowCatalog } from "../lib/adapters/catalog-file.ts";
import { createDynamoAnswers } from "../lib/adapters/dynamo/answers.ts";
import { createDynamoCache } from "../lib/adapters/dynamo/dynamo-cache.ts";
import { createDynamoLimits } from "../lib/adapters/dynamo/dynamo-limits.ts";
import { createDynamoRunStore } from "../lib/adapters/dynamo/dynamo-run-store.ts";
import { createDynamoSplits } from "../lib/adapters/dynamo/dynamo-splits.ts";
import { catalogFile, environment } from "../lib/adapters/environment.ts";
import { flushAtEnd } from "../lib/adapters/flush-at-end.ts";
import { createGuardedHttp } from "../lib/adapters/http/guarded-http.ts";
import { createJq } from "../lib/adapters/jq/jq-worker-pool.ts";
import { createLog } from "../lib/adapters/json-log.ts";
import { createLlm } from "../lib/adapters/llm/create-llm.ts";
import { logFaults } from "../lib/adapters/log-faults.ts";
import { createEmfMetrics } from "../lib/adapters/metrics/emf-metrics.ts";
import { createPython } from "../lib/adapters/python/python-pool.ts";
import { createSalesforce } from "../lib/adapters/salesforce/create-salesforce.ts";
import { createSecretsManager } from "../lib/adapters/secrets-manager.ts";
import { createSqsQueue } from "../lib/adapters/sqs-queue.ts";
import { systemClock } from "../lib/adapters/system-clock.ts";
import { systemRandom } from "../lib/adapters/system-random.ts";
import { createOtlpSpans } from "../lib/adapters/trace/otlp-spans.ts";
import { tracedHttp } from "../lib/adapters/trace/traced-http.ts";
import { tracedLlm } from "../lib/adapters/trace/traced-llm.ts";
import { tracedSteps } from "../lib/adapters/trace/traced-steps.ts";
import { runBatch } from "../lib/app/run-batch.ts";
import type { Runner } from "../lib/app/runner.ts";
import { timingsOf } from "../lib/app/timings.ts";
import { readConfig, runnerConfig } from "../lib/core/config.ts";
import { stepTypes } from "../lib/steps/registry.ts";

const config = readConfig(runnerConfig, environment());
const log = createLog({ service: "runner", level: config.HOOKLINE_LOG_LEVEL });
const metrics = createEmfMetrics({ stage: config.HOOKLINE_STAGE, level: config.HOOKLINE_LOG_LEVEL });
const secrets = createSecretsManager({
  client: secretsClient(),
  workflowSecretId: config.HOOKLINE_SECRETS_ID,
  ttlSeconds: config.HOOKLINE_SECRETS_TTL_SECONDS,
  clock: systemClock,
});
const spans = config.OTEL_EXPORTER_OTLP_ENDPOINT
  ? createOtlpSpans({
      endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
      headers: async () =>
        config.OTEL_EXPORTER_OTLP_HEADERS ?? (await secrets.workflowSecrets()).OTEL_EXPORTER_OTLP_HEADERS,
      stage: config.HOOKLINE_STAGE,
      log,
    })
  : undefined;
const guarded = createGuardedHttp({ allowPrivateHosts: config.HOOKLINE_ALLOW_PRIVATE_HOSTS });
const http = tracedHttp(guarded, spans);
const table = {
  client: dynamoClient({ connections: config.HOOKLINE_TABLE_CONNECTIONS }),
  table: config.HOOKLINE_TABLE,
};
const runner: Runner = {
  store: createDynamoRunStore(table),
  queue: createSqsQueue({
    client: sqsClient(),
    queueUrl: config.HOOKLINE_QUEUE_URL,
    deadLetterUrl: config.HOOKLINE_DLQ_URL,
  }),
  secrets,
  catalog: createWorkflowCatalog(catalogFile("workflows.json")),
  steps: tracedSteps(stepTypes, spans),
  ports: {
    clock: systemClock,
    random: systemRandom,
    http,
    llm: tracedLlm(createLlm(http, systemClock), spans, {
      content: config.OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT,
    }),
    jq: createJq(),
    python: createPython(),
    salesforce: createSalesforce(http, systemClock),
  },
  cache: createDynamoCache(table),
  splits: createDynamoSplits(table),
  ...createDynamoLimits(table),
  answers: createDynamoAnswers(table),
  log,
  metrics,
  spans,
  stage: config.HOOKLINE_STAGE,
  plainEnvironment: environment(),
  redelivery: {
    maxReceiveCount: config.HOOKLINE_MAX_RECEIVE_COUNT,
    baseSeconds: config.HOOKLINE_RETRY_BASE_SECONDS,
  },
  timings: timingsOf(config.HOOKLINE_INVOCATION_SECONDS * 1000),
};

/** Runs a batch of events; messages that are to come again are reported, the others are done with. */
export const handler = middy(async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
  const deliveries = event.Records.map(({ messageId, receiptHandle, body, attributes }) => ({
    messageId,
    receiptHandle,
    body,
    receiveCount: Number(attributes.ApproximateReceiveCount),
    sentAt: Number(attributes.SentTimestamp),
  }));
  const again = await runBatch(runner, deliveries, {
    get deadline() {
      return systemClock.now() + context.getRemainingTimeInMillis();
    },
  });
  return { batchItemFailures: again.map((itemIdentifier) => ({ itemIdentifier })) };
})
  .use(logFaults(log))
  .use(flushAtEnd(metrics, ...(spans ? [spans] : [])));
