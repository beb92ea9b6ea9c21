import { getPriority, setPriority } from "node:os";
import { serveAsChild } from "./child-protocol.ts";
import { startEventSourceMapping } from "./event-source-mapping.ts";
import { lambdaContext } from "./lambda-context.ts";
import { localSqsClient } from "./local-sqs-client.ts";

/** What the runner is started with, beside the environment of a function. */
export interface RunnerOptions {
  readonly functionName: string;
  readonly sqsUrl: string;
  readonly queueUrl: string;
  /** Invocations at once, each with up to 10 runs. */
  readonly concurrency: number;
  readonly invocationMs: number;
  /** How long a look into the queue lasts, also one that this process leaves behind when it dies. */
  readonly waitSeconds: number;
}

/** A sender waits for its answer, and nobody for a run: the runner is so much nicer than the rest of the stack. */
const NICER = 10;
const NICEST = 19;

const log = (line: string) => void process.stderr.write(`${line}\n`);

await serveAsChild(async (options: RunnerOptions) => {
  const { functionName, sqsUrl, queueUrl, concurrency, invocationMs, waitSeconds } = options;
  // It reads its environment while it is loaded, as at a cold start.
  const { handler } = await import("../../functions/runner.ts");
  setPriority(Math.min(getPriority() + NICER, NICEST));
  const stopping = new AbortController();
  const mapping = startEventSourceMapping({
    client: localSqsClient(sqsUrl),
    queueUrl,
    concurrency,
    waitSeconds,
    invoke: (event) => handler(event, lambdaContext(functionName, invocationMs, stopping.signal)),
    log,
  });
  return {
    ready: null,
    async stop() {
      stopping.abort();
      log("the runner stops: runs under way leave it at their next step");
      await mapping.stop();
    },
  };
});
