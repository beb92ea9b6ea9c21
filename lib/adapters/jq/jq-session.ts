import { readFile } from "node:fs/promises";
import { Worker } from "node:worker_threads";
import { FlowError } from "../../core/flow-error.ts";
import { jqFiles } from "./jq-files.ts";
import type { JqTask } from "./jq-program.ts";
import type { JqAnswer } from "./jq-worker.ts";

/** A worker that holds jq and evaluates one task at a time. */
export interface JqSession {
  /** @throws whatever `signal` aborts with, FlowError `code_error` when memory runs out; the session is over then. */
  evaluate(task: JqTask, signal: AbortSignal): Promise<JqAnswer>;
  /** False after a throw of `evaluate`: open another one. */
  isAlive(): boolean;
  /** Ends the worker, and with it an evaluation under way. */
  end(): Promise<void>;
}

let compiled: Promise<WebAssembly.Module> | undefined;

/** Starts a worker. It keeps the process alive only while it evaluates. */
export async function openJqSession(): Promise<JqSession> {
  const files = jqFiles();
  compiled ??= readFile(files.wasm).then((bytes) => WebAssembly.compile(bytes));
  const worker = new Worker(files.worker, {
    workerData: { module: await compiled },
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 256 },
  });

  let pending: PromiseWithResolvers<JqAnswer> | undefined;
  let alive = true;
  let fault: unknown;
  worker.on("message", (answer: JqAnswer) => pending?.resolve(answer));
  worker.on("error", (thrown) => {
    fault = thrown;
  });
  worker.on("exit", () => {
    alive = false;
    pending?.reject(endOf(fault));
  });

  async function next(signal?: AbortSignal): Promise<JqAnswer> {
    const answer = Promise.withResolvers<JqAnswer>();
    const abort = () => answer.reject(signal?.reason);
    signal?.addEventListener("abort", abort);
    pending = answer;
    worker.ref();
    try {
      return await answer.promise;
    } catch (thrown) {
      alive = false;
      await worker.terminate();
      throw thrown;
    } finally {
      pending = undefined;
      signal?.removeEventListener("abort", abort);
      worker.unref();
    }
  }

  await next();
  return {
    isAlive: () => alive,
    evaluate(task, signal) {
      if (!alive) return Promise.reject(endOf(fault));
      worker.postMessage(task);
      return next(signal);
    },
    async end() {
      await worker.terminate();
    },
  };
}

function endOf(fault: unknown): FlowError {
  if (fault === undefined) return new FlowError("cancelled", "jq was closed before the program ended");
  if ((fault as { code?: unknown }).code === "ERR_WORKER_OUT_OF_MEMORY")
    return new FlowError("code_error", "the jq program needs more memory than it may have (256 MB)");
  return new FlowError("internal", `the jq worker failed: ${fault}`, { cause: fault });
}
