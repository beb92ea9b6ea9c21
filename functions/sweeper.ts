import middy from "@middy/core";
import { dynamoClient, sqsClient } from "../lib/adapters/aws-clients.ts";
import { createDynamoRunStore } from "../lib/adapters/dynamo/dynamo-run-store.ts";
import { environment } from "../lib/adapters/environment.ts";
import { flushAtEnd } from "../lib/adapters/flush-at-end.ts";
import { createLog } from "../lib/adapters/json-log.ts";
import { logFaults } from "../lib/adapters/log-faults.ts";
import { createEmfMetrics } from "../lib/adapters/metrics/emf-metrics.ts";
import { createSqsQueue } from "../lib/adapters/sqs-queue.ts";
import { systemClock } from "../lib/adapters/system-clock.ts";
import { sweep } from "../lib/app/sweep.ts";
import { timingsOf } from "../lib/app/timings.ts";
import { readConfig, sweeperConfig } from "../lib/core/config.ts";

const config = readConfig(sweeperConfig, environment());
const log = createLog({ service: "sweeper", level: config.HOOKLINE_LOG_LEVEL });
const metrics = createEmfMetrics({ stage: config.HOOKLINE_STAGE, level: config.HOOKLINE_LOG_LEVEL });
const sweeper = {
  store: createDynamoRunStore({ client: dynamoClient(), table: config.HOOKLINE_TABLE }),
  queue: createSqsQueue({
    client: sqsClient(),
    queueUrl: config.HOOKLINE_QUEUE_URL,
    deadLetterUrl: config.HOOKLINE_DLQ_URL,
  }),
  clock: systemClock,
  log,
  metrics,
  timings: timingsOf(config.HOOKLINE_INVOCATION_SECONDS * 1000),
};

/** Enqueues every run that should have moved and has not. */
export const handler = middy(async () => ({ enqueued: await sweep(sweeper) }))
  .use(logFaults(log))
  .use(flushAtEnd(metrics));
