import { FlowError } from "../core/flow-error.ts";
import { type Json, parseJson } from "../core/json.ts";
import type { Jq, JqRequest } from "../core/ports/jq.ts";
import { cancellation, startDeadline } from "./deadline.ts";
import { type JqTask, jqTask } from "./jq-program.ts";
import { type JqSession, openJqSession } from "./jq-session.ts";

const LONGEST_MESSAGE = 500;

/** jq with a life of its own. */
export interface JqPool extends Jq {
  /** Starts the worker before the first program needs it. */
  warm(): Promise<void>;
  /** Ends the worker; programs that wait or run are `cancelled`. */
  close(): Promise<void>;
}

interface Job {
  readonly request: JqRequest;
  readonly task: JqTask;
  readonly answer: PromiseWithResolvers<string>;
}

/**
 * jq in one worker thread, one program after another; the worker starts with the first. A program's time begins with
 * its evaluation. One that does not end takes the worker with it, and the next gets a fresh one.
 */
export function createJq(): JqPool {
  const waiting: Job[] = [];
  let session: Promise<JqSession> | undefined;
  let serving = false;
  let closed = false;

  async function run(request: JqRequest): Promise<readonly Json[]> {
    const { signal } = request;
    if (closed) throw closedError();
    if (signal?.aborted) throw cancellation(signal.reason);
    const job: Job = { request, task: jqTask(request), answer: Promise.withResolvers() };
    const abandon = () => {
      const at = waiting.indexOf(job);
      if (at < 0) return;
      waiting.splice(at, 1);
      job.answer.reject(cancellation(signal?.reason));
    };
    signal?.addEventListener("abort", abandon);
    waiting.push(job);
    void serve();
    try {
      const output = await job.answer.promise;
      return output === "" ? [] : output.split("\n").map(parseJson);
    } finally {
      signal?.removeEventListener("abort", abandon);
    }
  }

  async function serve(): Promise<void> {
    if (serving) return;
    serving = true;
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift())
      await evaluate(job).then(job.answer.resolve, job.answer.reject);
    serving = false;
  }

  async function evaluate({ request, task }: Job): Promise<string> {
    const opened = await open();
    const deadline = startDeadline("the result of the jq program", request.timeoutMs, request.signal);
    try {
      deadline.signal.throwIfAborted();
      const outcome = await opened.evaluate(task, deadline.signal);
      if ("output" in outcome) return outcome.output;
      throw new FlowError("code_error", readable(outcome.failure));
    } finally {
      deadline.end();
      if (!opened.isAlive()) session = undefined;
    }
  }

  function open(): Promise<JqSession> {
    session ??= openJqSession().catch((fault) => {
      session = undefined;
      throw fault;
    });
    return session;
  }

  return {
    run,
    async warm() {
      await open();
    },
    async close() {
      closed = true;
      for (const job of waiting.splice(0)) job.answer.reject(closedError());
      await (await session?.catch(() => undefined))?.end();
    },
  };
}

function closedError(): FlowError {
  return new FlowError("cancelled", "jq was closed before the program ended");
}

/** jq's own words, without the place in a standard input that the author never sees. */
function readable(message: string): string {
  const text = message.replaceAll(/ \(at \/dev\/stdin:\d+\)/g, "").slice(0, LONGEST_MESSAGE);
  return text === "" ? "the jq program ended with an error and no message" : text;
}
