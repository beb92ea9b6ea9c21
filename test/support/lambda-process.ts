import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { startRuntimeApi } from "./lambda-runtime-api.ts";

/** A built function in a process of its own, under AWS's runtime client. */
export interface LambdaProcess {
  /** From the start of the process to its first request for an event, in milliseconds. */
  readonly initMs: number;
  /** Sends an event and gives the answer. @throws FunctionError when the handler threw, Error when the process ended. */
  invoke(event: unknown): Promise<unknown>;
  /** Everything it wrote to standard output and standard error. */
  output(): string;
  stop(): Promise<void>;
}

const CLIENT = createRequire(import.meta.url).resolve("aws-lambda-ric");
const PRELOAD = fileURLToPath(new URL("./ric-preload.ts", import.meta.url));

/**
 * Boots `index.handler` of a bundle's folder as Lambda does, with Lambda's own variables and `env`. An invocation that
 * lasts longer than `timeoutMs` is its process's end.
 * @throws FunctionError when its initialisation failed, Error with its output when the process ended.
 */
export async function startLambda(
  dir: string,
  env: { readonly [name: string]: string },
  timeoutMs: number,
): Promise<LambdaProcess> {
  const api = await startRuntimeApi(timeoutMs);
  const startedAt = performance.now();
  const child = spawn(process.execPath, ["--no-warnings", "--import", PRELOAD, CLIENT], {
    cwd: dir,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_SESSION_TOKEN: "test",
      AWS_REGION: "eu-west-1",
      AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
      AWS_LAMBDA_FUNCTION_NAME: "test",
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "512",
      AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/test",
      AWS_LAMBDA_LOG_STREAM_NAME: "test",
      AWS_LAMBDA_RUNTIME_API: api.address,
      LAMBDA_TASK_ROOT: dir,
      TZ: ":UTC",
      _HANDLER: "index.handler",
      ...env,
    },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
  }
  const ended = once(child, "close").then(([code, signal]) => {
    api.abandon(new Error(`the function's process ended with ${code ?? signal}:\n${output}`));
  });
  const stop = async () => {
    child.kill("SIGKILL");
    await ended;
    await api.close();
  };
  try {
    await api.ready;
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    initMs: performance.now() - startedAt,
    async invoke(event) {
      const timeout = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
      try {
        return await api.invoke(event);
      } finally {
        clearTimeout(timeout);
      }
    },
    output: () => output,
    stop,
  };
}
