import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { FlowError } from "../core/flow-error.ts";
import { captureFunctionOutput, type FunctionOutput } from "../local/function-output.ts";
import { type LocalStack, startLocalStack } from "../local/local-stack.ts";
import { startMetricRecorder } from "../local/metric-recorder.ts";
import { EXIT } from "./exit.ts";
import { onInterrupt } from "./interrupt.ts";
import { runEndLine } from "./run-end-line.ts";
import { paintFor } from "./run-text.ts";
import { fileText, missingText, runnerDiedText, stackText, wayIn } from "./stack-text.ts";

/** Options of `start`. */
export interface StartOptions {
  readonly port: number;
  readonly workflows: string;
  readonly data: string;
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/**
 * Runs the local stack until Ctrl-C, then ends the process.
 * @throws FlowError `config_error` when it cannot start.
 */
export async function start(options: StartOptions): Promise<number> {
  const shell = { ...process.env };
  // History, keys and logs are this user's own, whatever the rights of a folder that is there already.
  process.umask(0o077);
  const logFolder = makeLogFolder(options.data);
  const recorder = startMetricRecorder(options.data);
  const paint = paintFor(process.stderr);
  const output = captureFunctionOutput({
    file: join(logFolder, "local.log"),
    verbose: options.verbose === true,
    onRecord: (record) => {
      recorder.take(record);
      const line = runEndLine(record, paint);
      if (line !== undefined) output.tell(line);
    },
  });
  const stopped = untilStopped(output);
  const stack = await bringUp(options, shell, output);
  try {
    if (options.json) output.print(JSON.stringify(readyView(stack)));
    (options.json ? output.tell : output.print)(stackText(stack, options.data));
    await stopped;
  } finally {
    await stack.close();
    await output.close();
    await recorder.stop();
  }
  // The functions keep connections and a worker of their own.
  process.exit(EXIT.ok);
}

async function bringUp(
  options: StartOptions,
  shell: NodeJS.ProcessEnv,
  output: FunctionOutput,
): Promise<LocalStack> {
  try {
    const stack = await startLocalStack({
      port: options.port,
      workflowsFolder: options.workflows,
      dataFolder: options.data,
      shell,
      log: output.log,
      onFilesChanged: (files) => {
        for (const file of files) output.tell(changeText(stack, file));
      },
      onTrouble: (error) =>
        output.tell(`A change could not take effect: ${error instanceof Error ? error.message : error}`),
      onRunnerDied: (how) => output.tell(runnerDiedText(how)),
    });
    return stack;
  } catch (error) {
    await output.close();
    throw startFault(error, options);
  }
}

function makeLogFolder(dataFolder: string): string {
  const folder = join(dataFolder, "logs");
  try {
    mkdirSync(folder, { recursive: true });
    return folder;
  } catch (error) {
    throw unusableFolder(dataFolder, error);
  }
}

/** What the system says of the port or the data folder, with the way out; every other fault as it is. */
function startFault(error: unknown, { port, data }: StartOptions): unknown {
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  const another = "choose another with --port";
  if (code === "EADDRINUSE")
    return new FlowError("config_error", `port ${port} is taken: stop what listens there, or ${another}`);
  if (syscall === "listen")
    return new FlowError("config_error", `port ${port} cannot be listened on (${code}): ${another}`);
  return path?.startsWith(resolve(data)) ? unusableFolder(data, error) : error;
}

function unusableFolder(dataFolder: string, cause: unknown): FlowError {
  const { code } = cause as NodeJS.ErrnoException;
  return new FlowError(
    "config_error",
    `nothing can be written into ${dataFolder} (${code}): choose another folder with --data`,
    { cause },
  );
}

function readyView(stack: LocalStack) {
  const webhooks = stack.workflows.filter(({ workflow }) => workflow.input.type === "http_webhook");
  return { ready: true, url: stack.url, workflows: webhooks.map(({ name, url }) => ({ name, url })) };
}

function changeText(stack: LocalStack, file: LocalStack["files"][number]): string {
  const said = fileText(file);
  const served = stack.workflows.find(({ workflow }) => workflow === file.workflow);
  const head = file.workflow ? `${file.path} was read` : `${file.path} is gone`;
  if (said.length > 0) return said.join("\n");
  return [
    served ? `${head}: ${served.name}  ${wayIn(served)}` : head,
    ...(served ? missingText(served) : []),
  ].join("\n");
}

function untilStopped(output: FunctionOutput): Promise<void> {
  return new Promise((resolve) => {
    onInterrupt(() => {
      output.tell("Stopping: runs under way may end. Ctrl-C again stops at once.");
      resolve();
    });
  });
}
