import { FlowError } from "../../core/flow-error.ts";
import { type Json, parseJson } from "../../core/json.ts";
import type { Jq, JqCompiler } from "../../core/ports/jq.ts";
import { cancellation, startDeadline } from "../deadline.ts";
import { readProblem } from "./jq-messages.ts";
import { compileTask, type JqTask, jqTask, refusalOf } from "./jq-program.ts";
import { type JqSession, openJqSession } from "./jq-session.ts";
import type { JqAnswer } from "./jq-worker.ts";

/** jq with a life of its own. */
export interface JqPool extends Jq, JqCompiler {
  /** Starts a worker before the first program needs it. */
  warm(): Promise<void>;
  /** Ends the workers; programs that wait or run are `cancelled`. */
  close(): Promise<void>;
}

/** How many workers may live at once: a program can take 256 MB. */
const MOST_WORKERS = 4;
/** How long all workers may be busy before another one is started, which takes some 40 ms. */
const PATIENCE_MS = 20;
const COMPILE_TIMEOUT_MS = 10_000;

interface Job {
  /** Jobs of one owner take turns. */
  readonly owner: string | symbol;
  readonly task: JqTask;
  readonly what: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly answer: PromiseWithResolvers<JqAnswer>;
}

/**
 * jq in worker threads: one at first, another one whenever a program takes long and none is free. A program's time
 * begins with its evaluation. One that does not end takes its worker with it; by then a spare one is ready.
 */
export function createJq(openSession: typeof openJqSession = openJqSession): JqPool {
  const waiting: Job[] = [];
  const served = new Set<string | symbol>();
  const live = new Set<JqSession>();
  const idle: JqSession[] = [];
  let opening: Promise<void> | undefined;
  let patience: NodeJS.Timeout | undefined;
  let closed = false;

  async function ask(asked: Omit<Job, "answer">): Promise<JqAnswer> {
    const { signal } = asked;
    if (closed) throw closedError();
    if (signal?.aborted) throw cancellation(signal.reason);
    const job: Job = { ...asked, answer: Promise.withResolvers() };
    const abandon = () => {
      const at = waiting.indexOf(job);
      if (at < 0) return;
      waiting.splice(at, 1);
      job.answer.reject(cancellation(signal?.reason));
    };
    signal?.addEventListener("abort", abandon);
    waiting.push(job);
    serve();
    try {
      return await job.answer.promise;
    } finally {
      signal?.removeEventListener("abort", abandon);
    }
  }

  function serve(): void {
    for (let session = idle.pop(); session !== undefined; session = idle.pop()) {
      const at = waiting.findIndex(({ owner }) => !served.has(owner));
      const [job] = at < 0 ? [] : waiting.splice(at, 1);
      if (job === undefined) {
        idle.push(session);
        break;
      }
      void evaluate(job, session);
    }
    if (idle.length > 0 || opening !== undefined || live.size >= MOST_WORKERS || closed) forgetPatience();
    else if (live.size > 0) patience ??= setTimeout(() => void hire(), PATIENCE_MS);
    else if (waiting.length > 0) void hire();
  }

  async function evaluate(
    { owner, task, what, timeoutMs, signal, answer }: Job,
    session: JqSession,
  ): Promise<void> {
    forgetPatience();
    served.add(owner);
    const deadline = startDeadline(what, timeoutMs, signal);
    await session.evaluate(task, deadline.signal).then(answer.resolve, answer.reject);
    deadline.end();
    served.delete(owner);
    if (session.isAlive()) idle.push(session);
    else live.delete(session);
    serve();
  }

  function hire(): Promise<void> {
    opening ??= openSession().then(
      (session) => {
        live.add(session);
        idle.push(session);
      },
      (fault) => {
        // While others live, they serve on.
        if (live.size === 0) for (const job of waiting.splice(0)) job.answer.reject(fault);
      },
    );
    return opening.then(() => {
      opening = undefined;
      serve();
    });
  }

  function forgetPatience(): void {
    clearTimeout(patience);
    patience = undefined;
  }

  return {
    async run(request) {
      const answer = await ask({
        owner: request.runId,
        task: jqTask(request),
        what: "the result of the jq program",
        timeoutMs: request.timeoutMs,
        signal: request.signal,
      });
      if ("failure" in answer)
        return { logs: answer.logs, error: new FlowError("code_error", answer.failure) };
      return { logs: answer.logs, results: resultsIn(answer.output) };
    },
    async compile(program, names, signal) {
      const refusal = refusalOf(program);
      if (refusal !== undefined) return { line: 1, column: 1, message: refusal };
      const answer = await ask({
        owner: Symbol(),
        task: compileTask(program, names),
        what: "the verdict on the jq program",
        timeoutMs: COMPILE_TIMEOUT_MS,
        signal,
      });
      return "failure" in answer ? readProblem(answer.failure, program) : null;
    },
    warm: hire,
    async close() {
      closed = true;
      forgetPatience();
      for (const job of waiting.splice(0)) job.answer.reject(closedError());
      await opening;
      await Promise.all([...live].map((session) => session.end()));
    },
  };
}

function resultsIn(output: string): readonly Json[] {
  return output === "" ? [] : output.split("\n").map(parseJson);
}

function closedError(): FlowError {
  return new FlowError("cancelled", "jq was closed before the program ended");
}
