import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { getCompileCacheDir } from "node:module";
import { dirname } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type ChildAnswer, STOP } from "./child-protocol.ts";

/** A process of the stack's own, started again when it dies. */
export interface WatchedChild<Ready> {
  /** What it answered first. */
  readonly ready: Ready;
  readonly pid: number;
  close(): Promise<void>;
}

/** Which process, and who hears of its trouble. */
export interface WatchedChildOptions<Ready> {
  /** For messages: "table store", "queue". */
  readonly name: string;
  readonly script: URL;
  /** What it is started with; `before`: what its predecessor had answered. */
  readonly options: (before?: Ready) => object;
  /** How long it may bring its work to an end when the stack stops; default: no time. */
  readonly graceMs?: number;
  /** Whole lines that it writes. */
  readonly log: (lines: string) => void;
  /** Called when it died, before another one is started; `how`: its exit code or signal. */
  readonly onDeath?: (how: string) => Promise<void> | void;
  /** Called when a new process works in place of one that died. */
  readonly onRestart?: () => Promise<void> | void;
}

/** A store's folder is free once the process that held it is gone, which can take a moment after a kill. */
const START_ATTEMPTS = 20;
const RETRY_MS = 100;
const LONGEST_END_MS = 2_000;

/**
 * Starts the process and watches it. One that died is started again for as long as it takes.
 * @throws Error when it cannot start, saying why.
 */
export async function startWatchedChild<Ready>(
  options: WatchedChildOptions<Ready>,
): Promise<WatchedChild<Ready>> {
  const { name, log, graceMs = 0 } = options;
  const closing = new AbortController();
  let { child, ready } = await startPatiently(options, undefined, START_ATTEMPTS, closing.signal);

  const watch = (watched: ChildProcess): void => {
    watched.once("exit", async (code, signal) => {
      if (closing.signal.aborted) return;
      const how = signal ?? `exit code ${code}`;
      log(`the ${name} died (${how}) and is started again`);
      try {
        await options.onDeath?.(how);
        ({ child, ready } = await startPatiently(options, ready, Number.POSITIVE_INFINITY, closing.signal));
        if (closing.signal.aborted) return stop(child, 0);
        watch(child);
        await options.onRestart?.();
      } catch (error) {
        if (!closing.signal.aborted) log(`the ${name} does not come back: ${String(error)}`);
      }
    });
  };
  watch(child);
  return {
    get ready() {
      return ready;
    },
    get pid() {
      return child.pid ?? 0;
    },
    close() {
      closing.abort();
      return stop(child, graceMs);
    },
  };
}

interface Started<Ready> {
  child: ChildProcess;
  ready: Ready;
}

async function startPatiently<Ready>(
  options: WatchedChildOptions<Ready>,
  before: Ready | undefined,
  attempts: number,
  closing: AbortSignal,
): Promise<Started<Ready>> {
  for (let attempt = 1; ; attempt += 1) {
    const started = await startOnce(options, before);
    if ("child" in started) return started;
    if (attempt >= attempts) throw new Error(`the ${options.name} does not start: ${started.failed}`);
    await sleep(RETRY_MS, undefined, { signal: closing });
  }
}

async function startOnce<Ready>(
  { script, log, ...more }: WatchedChildOptions<Ready>,
  before: Ready | undefined,
): Promise<Started<Ready> | { failed: string }> {
  const child = fork(fileURLToPath(script), [JSON.stringify(more.options(before))], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: { ...process.env, ...compileCache() },
    execArgv: ["--no-warnings"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    if (stream)
      onLines(stream, (lines) => {
        said = (said + lines).slice(-2_000);
        log(lines.trimEnd());
      });
  const answer = await Promise.race([
    once(child, "message").then(([message]) => message as ChildAnswer<Ready>),
    once(child, "exit").then(([code]) => ({ failed: said.trim() || `exit code ${code}` })),
    once(child, "error").then(([error]) => ({ failed: String(error) })),
  ]);
  if ("ready" in answer) return { child, ready: answer.ready };
  await stop(child, 0);
  return answer;
}

/** Where this process keeps what it has compiled, a child does too. */
function compileCache(): { readonly NODE_COMPILE_CACHE?: string } {
  const folder = getCompileCacheDir();
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: dirname(folder) };
}

/** Calls with whole lines, as many as there are; with what is left at the end. */
function onLines(stream: Readable, hear: (lines: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8").on("data", (text: string) => {
    const end = text.lastIndexOf("\n") + 1;
    if (end === 0) {
      rest += text;
      return;
    }
    hear(rest + text.slice(0, end));
    rest = text.slice(end);
  });
  stream.on("end", () => {
    if (rest !== "") hear(rest);
  });
}

/** Asks the child to end; cutting the channel ends it at once, and one that does not listen any more is killed. */
async function stop(child: ChildProcess, graceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  if (graceMs > 0 && child.connected) {
    child.send(STOP, () => {});
    await Promise.race([gone, sleep(graceMs, undefined, { ref: false })]);
  }
  const kill = setTimeout(() => child.kill("SIGKILL"), LONGEST_END_MS);
  if (child.connected) child.disconnect();
  await gone;
  clearTimeout(kill);
}
