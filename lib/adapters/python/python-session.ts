import { FlowError } from "../../core/flow-error.ts";
import { type MemoryWatch, offerToMemoryKiller } from "./memory-watch.ts";
import { pythonFiles } from "./python-files.ts";
import { spawnPython } from "./spawn-python.ts";

/** A child process that holds an interpreter and answers one line at a time. */
export interface PythonSession {
  /** @throws whatever `signal` aborts with, FlowError `code_error` when the process ends; the session is over then. */
  ask(line: string, signal: AbortSignal): Promise<string>;
  isAlive(): boolean;
  /** Kills the process, and with it a call under way. */
  end(): void;
}

/** A result of 25 MB and what was printed, every character escaped. */
const LONGEST_ANSWER = 32_000_000;
const NEWLINE = 10;

/**
 * Starts a child and waits until it is ready; `onEnd` hears when it is gone. It keeps this process alive only while it
 * works, or ends.
 * @throws FlowError `internal` when it does not start.
 */
export async function openPythonSession(memory: MemoryWatch, onEnd: () => void): Promise<PythonSession> {
  const child = spawnPython(await pythonFiles(), "serve");
  const kill = () => void child.kill("SIGKILL");
  process.once("exit", kill);
  const { pid = 0, stdin, stdout, stderr } = child;
  let pending: PromiseWithResolvers<string> | undefined;
  let alive = true;
  let words = "";
  let parts: Buffer[] = [];
  let size = 0;

  function end(reason?: unknown): void {
    alive = false;
    kill();
    // Whoever waits for its place is told by "close".
    keepProcess(true);
    pending?.reject(reason ?? new FlowError("cancelled", "Python was closed before the function returned"));
  }
  function take(part: Buffer): void {
    parts.push(part);
    size += part.length;
    if (pending === undefined) end();
    else if (size > LONGEST_ANSWER) end(new FlowError("code_error", "the answer of Python is too large"));
    else if (part.at(-1) === NEWLINE) {
      pending.resolve(Buffer.concat(parts).toString("utf8"));
      parts = [];
      size = 0;
    }
  }
  stdout.on("data", take);
  // A child that ended does not read; its end is told by "close".
  stdin.on("error", () => undefined);
  stderr.on("data", (part: Buffer) => {
    words = (words + part.toString()).slice(-1_000);
  });
  child.on("error", (fault) => {
    words = fault.message;
    alive = false;
    process.off("exit", kill);
    pending?.reject(endedBy(null, null));
  });
  child.on("close", (code, signal) => {
    alive = false;
    memory.remove(pid);
    process.off("exit", kill);
    onEnd();
    pending?.reject(endedBy(code, signal));
  });

  async function next(signal?: AbortSignal): Promise<string> {
    const answer = Promise.withResolvers<string>();
    const abort = () => end(signal?.reason);
    signal?.addEventListener("abort", abort);
    pending = answer;
    keepProcess(true);
    const stopWatch = memory.begin();
    try {
      return await answer.promise;
    } finally {
      stopWatch();
      pending = undefined;
      keepProcess(!alive);
      signal?.removeEventListener("abort", abort);
    }
  }
  function keepProcess(wanted: boolean): void {
    for (const one of [child, stdin, stdout, stderr]) {
      const handle = one as { ref?(): void; unref?(): void };
      if (wanted) handle.ref?.();
      else handle.unref?.();
    }
  }

  offerToMemoryKiller(pid);
  memory.add(pid, () => end(outOfMemory()));
  try {
    await next();
  } catch (fault) {
    const [reason = words] = /^\w*Error.*$/m.exec(words) ?? [];
    throw new FlowError("internal", `Python could not be started: ${reason}`, { cause: words || fault });
  }
  return {
    isAlive: () => alive,
    end: () => end(),
    async ask(line, signal) {
      if (!alive) throw endedBy(null, null);
      const answer = next(signal);
      stdin.write(`${line}\n`);
      return answer;
    },
  };
}

function endedBy(code: number | null, signal: string | null): FlowError {
  const how = signal ?? (code === null ? "killed" : `exit code ${code}`);
  return new FlowError(
    "code_error",
    `Python ended before the function returned (${how}): the code left it with os._exit, or needed more memory or recursion than it may have`,
  );
}

function outOfMemory(): FlowError {
  return new FlowError(
    "code_error",
    "the code needs more memory than it may have: 384 MB, less when other runs need theirs at the same time",
  );
}
