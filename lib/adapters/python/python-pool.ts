import { FlowError } from "../../core/flow-error.ts";
import type { Python, PythonCompiler, PythonOutcome } from "../../core/ports/python.ts";
import { cancellation, startDeadline } from "../deadline.ts";
import { createMemoryWatch, type MemoryLimits } from "./memory-watch.ts";
import { formatCompileRequest, formatRequest, parseAnswer, parseProblems } from "./python-answer.ts";
import { openPythonSession, type PythonSession } from "./python-session.ts";

/** Python with a life of its own. */
export interface PythonPool extends Python, PythonCompiler {
  /** Starts an interpreter before the first run needs it. */
  warm(): Promise<void>;
  /** Ends all interpreters; calls that wait or run are `cancelled`. */
  close(): Promise<void>;
}

/** How many interpreters may live at once: each takes some 210 MB, 170 of them its own. */
const MOST_SESSIONS = 4;
/**
 * For one: Python's own memory, the snapshot it came from and JavaScript beside it. For all: what a runner of 1,769 MB
 * has beside itself.
 */
const MEMORY: MemoryLimits = { each: 720 * 1024 * 1024, all: 1_400 * 1024 * 1024 };

const COMPILE_TIMEOUT_MS = 30_000;

/** One question to an interpreter, and how its answer is read. */
interface Question<T> {
  /** What is waited for, in words. */
  readonly what: string;
  readonly line: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** @throws FlowError for nonsense. */
  read(answer: string): T;
}

interface Job {
  ask(session: PythonSession): Promise<void>;
  reject(fault: unknown): void;
}

/** A run that calls Python: one interpreter, one call after another. */
interface Tenant {
  readonly jobs: Job[];
  session: PythonSession | undefined;
  serving: boolean;
  /** The run has left. */
  gone: boolean;
}

/**
 * Python in child processes, one for each run, killed when the run leaves. With `spare` the next run finds one that is
 * ready. When no more may live, runs that call nothing just now give theirs up, and others wait. When all together hold
 * too much memory, the largest ends.
 */
export function createPython({
  spare = true,
  memory = MEMORY,
}: {
  readonly spare?: boolean;
  readonly memory?: MemoryLimits;
} = {}): PythonPool {
  const memoryWatch = createMemoryWatch(memory);
  const tenants = new Map<string | symbol, Tenant>();
  const live = new Set<Promise<PythonSession>>();
  let waiting: (() => void)[] = [];
  let next: Promise<PythonSession> | undefined;
  let closed = false;

  async function enqueue<T>(owner: string | symbol, question: Question<T>): Promise<T> {
    const { signal } = question;
    if (closed) throw closedError();
    if (signal?.aborted) throw cancellation(signal.reason);
    const tenant = tenants.get(owner) ?? { jobs: [], session: undefined, serving: false, gone: false };
    tenants.set(owner, tenant);
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const job: Job = { reject, ask: (session) => ask(session, question).then(resolve, reject) };
    const abandon = () => {
      const at = tenant.jobs.indexOf(job);
      if (at < 0) return;
      tenant.jobs.splice(at, 1);
      reject(cancellation(signal?.reason));
    };
    signal?.addEventListener("abort", abandon);
    tenant.jobs.push(job);
    void serve(tenant);
    try {
      return await promise;
    } finally {
      signal?.removeEventListener("abort", abandon);
    }
  }

  async function serve(tenant: Tenant): Promise<void> {
    if (tenant.serving) return;
    tenant.serving = true;
    while (tenant.jobs.length > 0) {
      try {
        if (!tenant.session?.isAlive()) tenant.session = await rent();
      } catch (fault) {
        for (const job of tenant.jobs.splice(0)) job.reject(fault);
        break;
      }
      const job = tenant.jobs.shift();
      if (job) await job.ask(tenant.session);
      if (spare && !closed && live.size < MOST_SESSIONS) next ??= open();
    }
    tenant.serving = false;
    if (tenant.gone) tenant.session?.end();
    wake();
  }

  async function ask<T>(session: PythonSession, question: Question<T>): Promise<T> {
    const { what, line, timeoutMs, signal, read } = question;
    const deadline = startDeadline(what, timeoutMs, signal);
    try {
      deadline.signal.throwIfAborted();
      return read(await session.ask(`${timeoutMs} ${line}`, deadline.signal));
    } catch (fault) {
      // Whatever did not answer, or answered nonsense, is not asked again.
      session.end();
      throw fault;
    } finally {
      deadline.end();
    }
  }

  /** The spare one, a new one, or the one that an idle run gives up. */
  async function rent(): Promise<PythonSession> {
    for (;;) {
      if (closed) throw closedError();
      const ready = next;
      next = undefined;
      const session = await (ready ?? (live.size < MOST_SESSIONS ? open() : undefined));
      if (session?.isAlive()) return session;
      if (session === undefined) {
        evictIdle();
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    }
  }

  function open(): Promise<PythonSession> {
    const opened = openPythonSession(memoryWatch, () => {
      live.delete(opened);
      wake();
    });
    live.add(opened);
    opened.catch(() => {
      live.delete(opened);
      if (next === opened) next = undefined;
      wake();
    });
    return opened;
  }

  /** Its end wakes who waits. */
  function evictIdle(): void {
    const idle = [...tenants.values()].find(({ serving, session }) => !serving && session?.isAlive());
    idle?.session?.end();
  }

  function leave(tenant: Tenant): void {
    tenant.gone = true;
    tenant.session?.end();
    for (const job of tenant.jobs.splice(0)) job.reject(closedError());
  }

  function wake(): void {
    const woken = waiting;
    waiting = [];
    for (const resume of woken) resume();
  }

  function end(owner: string | symbol): void {
    const tenant = tenants.get(owner);
    if (!tenant) return;
    tenants.delete(owner);
    leave(tenant);
  }

  return {
    run: (request) =>
      enqueue<PythonOutcome>(request.runId, {
        what: "the result of the Python function",
        line: formatRequest(request),
        timeoutMs: request.timeoutMs,
        signal: request.signal,
        read: parseAnswer,
      }),
    async compile(codes, signal) {
      if (codes.length === 0) return [];
      const owner = Symbol("compile");
      try {
        return await enqueue(owner, {
          what: "the check of Python code",
          line: formatCompileRequest(codes),
          timeoutMs: COMPILE_TIMEOUT_MS,
          signal,
          read: parseProblems,
        });
      } finally {
        end(owner);
      }
    },
    endRun: end,
    async warm() {
      next ??= open();
      await next;
    },
    async close() {
      closed = true;
      wake();
      for (const tenant of tenants.values()) leave(tenant);
      tenants.clear();
      const opened = await Promise.allSettled(live);
      for (const one of opened) if (one.status === "fulfilled") one.value.end();
    },
  };
}

function closedError(): FlowError {
  return new FlowError("cancelled", "Python was closed before the function returned");
}
