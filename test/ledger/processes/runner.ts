import { SQSClient } from "@aws-sdk/client-sqs";
import { handler } from "../../../functions/runner.ts";
import { readConfig, runnerConfig } from "../../../lib/core/config.ts";
import { startEventSourceMapping } from "../../../lib/local/event-source-mapping.ts";
import { lambdaContext } from "../../../lib/local/lambda-context.ts";
import { serveRole } from "./serve-role.ts";

const config = readConfig(runnerConfig, process.env);
const stopping = new AbortController();
const mapping = startEventSourceMapping({
  // A long poll takes longer than the functions' own calls may.
  client: new SQSClient({ endpoint: String(process.env.AWS_ENDPOINT_URL_SQS) }),
  queueUrl: config.HOOKLINE_QUEUE_URL,
  // As Lambda does with each of its environments.
  concurrency: 1,
  invoke: (event) =>
    handler(event, lambdaContext("runner", config.HOOKLINE_INVOCATION_SECONDS * 1000, stopping.signal)),
  log: console.error,
});
serveRole({}, async () => {
  stopping.abort();
  await mapping.stop();
});
