import { handler } from "../../../functions/runner.ts";
import { sqsClient } from "../../../lib/adapters/aws-clients.ts";
import { readConfig, runnerConfig } from "../../../lib/core/config.ts";
import { startEventSourceMapping } from "../../../lib/local/event-source-mapping.ts";
import { lambdaContext } from "../../../lib/local/lambda-context.ts";
import { serveRole } from "./serve-role.ts";

/** Invocations at once in one process, each with up to 10 runs. */
const CONCURRENCY = 2;

const config = readConfig(runnerConfig, process.env);
const stopping = new AbortController();
const mapping = startEventSourceMapping({
  client: sqsClient(),
  queueUrl: config.HOOKLINE_QUEUE_URL,
  concurrency: CONCURRENCY,
  invoke: (event) =>
    handler(event, lambdaContext("runner", config.HOOKLINE_INVOCATION_SECONDS * 1000, stopping.signal)),
  log: console.error,
});
serveRole({}, async () => {
  stopping.abort();
  await mapping.stop();
});
