import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { ChildAnswer, ChildOptions } from "./child-protocol.ts";

/** A server in a process of its own, started again when it dies. */
export interface ChildServer {
  readonly url: string;
  readonly pid: number;
  close(): Promise<void>;
}

/** Which server, and who hears of its trouble. */
export interface ChildServerOptions {
  /** For messages: "table store", "queue". */
  readonly name: string;
  readonly script: URL;
  readonly data?: string;
  /** Lines the server writes, and a word when it died. */
  readonly log: (line: string) => void;
  /** Called when a new process serves in place of one that died. */
  readonly onRestart?: () => Promise<void> | void;
}

/** A store's folder is free once the process that held it is gone, which can take a moment after a kill. */
const START_ATTEMPTS = 20;
const RETRY_MS = 100;

/**
 * Starts the server on a free port of loopback and watches it. One that died is started again for as long as it takes.
 * @throws Error when it cannot start, saying why.
 */
export async function startChildServer(options: ChildServerOptions): Promise<ChildServer> {
  const closing = new AbortController();
  let { child, port } = await startPatiently(options, 0, START_ATTEMPTS, closing.signal);

  const watch = (watched: ChildProcess): void => {
    watched.once("exit", async (code, signal) => {
      if (closing.signal.aborted) return;
      options.log(`the ${options.name} died (${signal ?? `exit code ${code}`}) and is started again`);
      try {
        ({ child, port } = await startPatiently(options, port, Number.POSITIVE_INFINITY, closing.signal));
        if (closing.signal.aborted) return stop(child);
        watch(child);
        await options.onRestart?.();
      } catch (error) {
        if (!closing.signal.aborted) options.log(`the ${options.name} does not come back: ${String(error)}`);
      }
    });
  };
  watch(child);
  return {
    url: `http://127.0.0.1:${port}`,
    get pid() {
      return child.pid ?? 0;
    },
    close() {
      closing.abort();
      return stop(child);
    },
  };
}

interface Started {
  child: ChildProcess;
  port: number;
}

async function startPatiently(
  options: ChildServerOptions,
  port: number,
  attempts: number,
  closing: AbortSignal,
): Promise<Started> {
  for (let attempt = 1; ; attempt += 1) {
    const started = await startOnce(options, port);
    if ("child" in started) return started;
    if (attempt >= attempts) throw new Error(`the ${options.name} does not start: ${started.failed}`);
    await sleep(RETRY_MS, undefined, { signal: closing });
  }
}

async function startOnce(options: ChildServerOptions, port: number): Promise<Started | { failed: string }> {
  const childOptions: ChildOptions = { port, ...(options.data !== undefined && { data: options.data }) };
  const child = fork(fileURLToPath(options.script), [JSON.stringify(childOptions)], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    execArgv: ["--no-warnings"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-2_000);
      options.log(text.trimEnd());
    });
  }
  const answer = await Promise.race([
    once(child, "message").then(([message]) => message as ChildAnswer),
    once(child, "exit").then(([code]): ChildAnswer => ({ failed: said.trim() || `exit code ${code}` })),
    once(child, "error").then(([error]): ChildAnswer => ({ failed: String(error) })),
  ]);
  if ("port" in answer) return { child, port: answer.port };
  await stop(child);
  return answer;
}

/** Cutting the channel tells the child to end; one that does not listen any more is killed. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  const kill = setTimeout(() => child.kill("SIGKILL"), 2_000);
  if (child.connected) child.disconnect();
  await gone;
  clearTimeout(kill);
}
