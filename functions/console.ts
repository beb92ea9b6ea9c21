import middy from "@middy/core";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { dynamoClient, secretsClient, sqsClient } from "../lib/adapters/aws-clients.ts";
import {
  createInputCatalog,
  createSampleCatalog,
  createWorkflowTexts,
} from "../lib/adapters/catalog-file.ts";
import { createConsoleTokens } from "../lib/adapters/console-tokens.ts";
import { createDynamoDeliveries } from "../lib/adapters/dynamo/deliveries.ts";
import { createDynamoLimits } from "../lib/adapters/dynamo/dynamo-limits.ts";
import { createDynamoRunStore } from "../lib/adapters/dynamo/dynamo-run-store.ts";
import { createDynamoSplits } from "../lib/adapters/dynamo/dynamo-splits.ts";
import { catalogFile, environment } from "../lib/adapters/environment.ts";
import { flushAtEnd } from "../lib/adapters/flush-at-end.ts";
import { createFront } from "../lib/adapters/front.ts";
import { createLog } from "../lib/adapters/json-log.ts";
import { logFaults } from "../lib/adapters/log-faults.ts";
import { cloudWatchClient } from "../lib/adapters/metrics/cloudwatch-client.ts";
import { createCloudWatchMetrics } from "../lib/adapters/metrics/cloudwatch-metrics.ts";
import { createEmfMetrics } from "../lib/adapters/metrics/emf-metrics.ts";
import { createFileMetricReader } from "../lib/adapters/metrics/metric-files.ts";
import { readSecret } from "../lib/adapters/secrets-manager.ts";
import { createSqsDeadLetters } from "../lib/adapters/sqs-dead-letters.ts";
import { createSqsQueue } from "../lib/adapters/sqs-queue.ts";
import { systemClock } from "../lib/adapters/system-clock.ts";
import { systemRandom } from "../lib/adapters/system-random.ts";
import type { Operator } from "../lib/app/operator.ts";
import { throughFront } from "../lib/app/through-front.ts";
import { timingsOf } from "../lib/app/timings.ts";
import { openAccess } from "../lib/console/access/open-access.ts";
import { tokenAccess } from "../lib/console/access/token-access.ts";
import { answerGateway } from "../lib/console/answer-gateway.ts";
import type { ConsoleStage } from "../lib/console/console-stage.ts";
import { createConsole } from "../lib/console/create-console.ts";
import { readConfig } from "../lib/core/config.ts";
import { consoleConfig } from "../lib/core/console-config.ts";
import type { OidcSettings } from "../lib/core/oidc.ts";
import type { IdentityProvider } from "../lib/core/ports/identity-provider.ts";

// A token that was taken away stops working after this.
const TOKENS_TTL_SECONDS = 60;

const config = readConfig(consoleConfig, environment());
const log = createLog({ service: "console", level: config.HOOKLINE_LOG_LEVEL });
const metrics = createEmfMetrics({ stage: config.HOOKLINE_STAGE, level: config.HOOKLINE_LOG_LEVEL });
const table = { client: dynamoClient(), table: config.HOOKLINE_TABLE };
const queues = { client: sqsClient(), deadLetterUrl: config.HOOKLINE_DLQ_URL };
const { HOOKLINE_INBOX_DLQ_URL: inboxLetters } = config;
const { HOOKLINE_CONSOLE_READ_TOKEN_ID: read, HOOKLINE_CONSOLE_ACT_TOKEN_ID: act } = config;
const { HOOKLINE_CONSOLE_OIDC: oidc, HOOKLINE_CONSOLE_OIDC_SECRET_ID: oidcSecretId } = config;

const operator: Operator = {
  store: createDynamoRunStore(table),
  queue: createSqsQueue({ ...queues, queueUrl: config.HOOKLINE_QUEUE_URL }),
  clock: systemClock,
  random: systemRandom,
  catalog: createWorkflowTexts(catalogFile("workflows")),
  timings: timingsOf(config.HOOKLINE_INVOCATION_SECONDS * 1000),
  metrics,
};
const deliveries = createDynamoDeliveries(table);
const limits = createDynamoLimits(table);
const stage: ConsoleStage = {
  name: config.HOOKLINE_STAGE,
  operator,
  deliveries,
  letterBoxes: {
    runs: createSqsDeadLetters({ client: queues.client, queueUrl: queues.deadLetterUrl }),
    events: inboxLetters
      ? [{ letters: createSqsDeadLetters({ client: queues.client, queueUrl: inboxLetters }) }]
      : [],
  },
  metrics:
    config.HOOKLINE_METRICS_FOLDER === undefined
      ? createCloudWatchMetrics(cloudWatchClient(), config.HOOKLINE_STAGE)
      : createFileMetricReader(config.HOOKLINE_METRICS_FOLDER),
  inputs: createInputCatalog(catalogFile("inputs.json")),
  splits: createDynamoSplits(table),
  samples: createSampleCatalog(catalogFile("samples")),
  accepting: {
    ...operator,
    ...limits,
    deliveries,
    log,
    stage: config.HOOKLINE_STAGE,
    maxBodyBytes: config.HOOKLINE_MAX_BODY_BYTES,
    plainEnvironment: environment(),
  },
  access:
    read === undefined || act === undefined
      ? openAccess(systemRandom)
      : tokenAccess({
          tokens: createConsoleTokens({
            client: secretsClient(),
            ids: { read, act },
            ttlSeconds: TOKENS_TTL_SECONDS,
            clock: systemClock,
          }),
          turns: limits.turns,
          clock: systemClock,
          random: systemRandom,
          log,
          oidc: oidc && { rules: oidc, provider: await providerOf(oidc) },
        }),
  log,
};

const app = createConsole(stage);
const front = createFront(
  { ...config, HOOKLINE_SECRETS_TTL_SECONDS: TOKENS_TTL_SECONDS },
  { client: secretsClient(), clock: systemClock },
);

/** Loaded where it is asked for only: the HTTP client alone is a quarter of the bundle. */
async function providerOf(settings: OidcSettings): Promise<IdentityProvider> {
  const { createOidcProvider } = await import("../lib/adapters/oidc-provider.ts");
  const { createGuardedHttp } = await import("../lib/adapters/http/guarded-http.ts");
  return createOidcProvider({
    settings,
    clientSecret: async () =>
      (await readSecret(secretsClient(), oidcSecretId, "console's OIDC client")).client_secret,
    http: createGuardedHttp({ allowPrivateHosts: config.HOOKLINE_ALLOW_PRIVATE_HOSTS }),
    clock: systemClock,
  });
}

/** Answers people's browsers, from API Gateway. */
export const handler = middy(
  (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> =>
    throughFront({ front, log }, event, (asked) => answerGateway(app, asked)),
)
  .use(flushAtEnd(metrics))
  .use(logFaults(log));
