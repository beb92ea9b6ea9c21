import type { Python, PythonCompiler, PythonOutcome } from "../../core/ports/python.ts";
import { cancellation, startDeadline } from "../deadline.ts";
import type { MemoryLimits } from "./memory-watch.ts";
import { formatCompileRequest, formatRequest, parseAnswer, parseProblems } from "./python-answer.ts";
import type { PythonSession } from "./python-session.ts";
import { closedError, createPythonSessions } from "./python-sessions.ts";

/** Python with a life of its own. */
export interface PythonPool extends Python, PythonCompiler {
  /** Starts an interpreter before the first run needs it. */
  warm(): Promise<void>;
  /** Ends all interpreters; calls that wait or run are `cancelled`. */
  close(): Promise<void>;
}

/**
 * For one: Python's own memory, the snapshot it came from and JavaScript beside it. For all: what a runner of 1,769 MB
 * has beside itself.
 */
const MEMORY: MemoryLimits = { each: 720 * 1024 * 1024, all: 1_400 * 1024 * 1024 };

/** So long may a run with many calls keep an interpreter that others wait for. */
const TURN_MS = 5_000;
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
  /** When it got its interpreter, in the time of `performance.now()`. */
  since: number;
  serving: boolean;
  /** The run has left. */
  gone: boolean;
}

/**
 * Python in child processes, one for each run, killed when the run leaves. With `spare` the next run finds one that is
 * ready. When no more may live, runs that call nothing just now give theirs up, and others wait; those with many calls
 * give way after a while. When all together hold too much memory, the largest ends.
 */
export function createPython({
  spare = true,
  memory = MEMORY,
  turnMs = TURN_MS,
}: {
  readonly spare?: boolean;
  readonly memory?: MemoryLimits;
  readonly turnMs?: number;
} = {}): PythonPool {
  const tenants = new Map<string | symbol, Tenant>();
  const sessions = createPythonSessions(memory, () => {
    const idle = [...tenants.values()].find(({ serving, session }) => !serving && session?.isAlive());
    idle?.session?.end();
  });
  let closed = false;

  async function enqueue<T>(owner: string | symbol, question: Question<T>): Promise<T> {
    const { signal } = question;
    if (closed) throw closedError();
    if (signal?.aborted) throw cancellation(signal.reason);
    const tenant = tenants.get(owner) ?? newTenant();
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
        if (!tenant.session?.isAlive()) {
          tenant.session = await sessions.rent();
          tenant.since = performance.now();
        }
      } catch (fault) {
        for (const job of tenant.jobs.splice(0)) job.reject(fault);
        break;
      }
      const job = tenant.jobs.shift();
      if (job) await job.ask(tenant.session);
      if (sessions.isWanted() && performance.now() - tenant.since > turnMs) tenant.session.end();
      if (spare) void sessions.prepare();
    }
    tenant.serving = false;
    if (tenant.gone) tenant.session?.end();
    sessions.wake();
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

  function leave(tenant: Tenant): void {
    tenant.gone = true;
    tenant.session?.end();
    for (const job of tenant.jobs.splice(0)) job.reject(closedError());
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
      await sessions.prepare();
    },
    async close() {
      closed = true;
      for (const tenant of tenants.values()) leave(tenant);
      tenants.clear();
      await sessions.close();
    },
  };
}

function newTenant(): Tenant {
  return { jobs: [], session: undefined, since: 0, serving: false, gone: false };
}
