import { parentPort, workerData } from "node:worker_threads";
import { type Jq, type JqResult, loadJq } from "jq-wasm";
import { jsonDepth } from "../../core/json-depth.ts";
import { readMessages } from "./jq-messages.ts";
import type { JqTask } from "./jq-program.ts";

/** What the worker sends back: jq's output, or why there is none. */
export type JqAnswer = { readonly logs: readonly string[] } & (
  | { readonly output: string }
  | { readonly failure: string }
);

// A program named "--version" is a program.
const FLAGS = ["-c", "--"];
const CALLS_OF_AN_INSTANCE = 1_000;
const LARGE_INPUT = 5_000_000;
// This build's stack is small and unguarded: from 650 levels on, and with long chains of operators, it runs over jq's
// memory, silently at first.
const MAX_DEPTH = 500;
const LONG_PROGRAM = 2_000;
const TOO_DEEP = `jq: error: values that jq takes or gives may nest at most ${MAX_DEPTH} levels deep`;
const OUTPUT_LIMIT_BYTES = 64 * 1024 * 1024;
// jq's exit code for a program that does not compile; `halt_error(3)` shares it.
const COMPILE_ERROR = 3;
const COMPILE_ERRORS = /jq: \d+ compile errors?$/;

class OutputTooLarge extends Error {}

const port = parentPort;
const { module } = workerData as { module: WebAssembly.Module };
let instance: Promise<Jq> | undefined;
let memory: WebAssembly.Memory | undefined;
let calls = 0;
let written = 0;

// Emscripten notes its aborts there; the outcome tells them too.
console.error = () => undefined;

port?.on("message", async (task: JqTask) => {
  const answer = await evaluate(task);
  port.postMessage(answer);
  instance ??= load();
});
// A first call takes several times as long as the others: let it not be a workflow's.
port?.postMessage(await evaluate({ program: ".", names: [], wrapped: ".", envelope: "null" }));

async function evaluate(task: JqTask): Promise<JqAnswer> {
  // The envelope is one level.
  if (jsonDepth(task.envelope) > MAX_DEPTH + 1) return { failure: TOO_DEEP, logs: [] };
  try {
    const { exitCode, stdout, stderr } = await call(task.envelope, task.wrapped, FLAGS);
    if (exitCode === COMPILE_ERROR && COMPILE_ERRORS.test(stderr))
      return { failure: await whyRefused(task), logs: [] };
    const { logs, failure } = readMessages(stderr, exitCode !== 0);
    if (exitCode !== 0) return { failure, logs };
    if (jsonDepth(stdout) <= MAX_DEPTH) return { output: stdout, logs };
    instance = undefined;
    return { failure: TOO_DEEP, logs };
  } catch (fault) {
    instance = undefined;
    return { failure: whyAborted(fault), logs: [] };
  }
}

/** Compiles the program alone, for a message with the author's own line and column. */
async function whyRefused({ program, names }: JqTask): Promise<string> {
  const bound = names.flatMap((name) => ["--argjson", name, "null"]);
  const { stderr } = await call("", program, [...bound, ...FLAGS]);
  return stderr === ""
    ? "jq: error: module, import and include are not available"
    : readMessages(stderr, true).failure;
}

function whyAborted(fault: unknown): string {
  if (fault instanceof OutputTooLarge)
    return `jq: error: the program wrote more than ${OUTPUT_LIMIT_BYTES / 1024 / 1024} MiB`;
  // Emscripten aborts at its 256 MB of memory; deep recursion ends there or at V8's stack.
  return `jq: error: the program needs more memory or recursion than it may have (${String(fault).split(". Build")[0]})`;
}

/** After an error, a large input, a long program or many calls an instance keeps memory or state: it is thrown away. */
async function call(input: string, program: string, flags: string[]): Promise<JqResult> {
  instance ??= load();
  const jq = await instance;
  calls += 1;
  written = 0;
  const result = jq.raw(input, program, flags);
  const isSpent =
    calls >= CALLS_OF_AN_INSTANCE || input.length > LARGE_INPUT || program.length > LONG_PROGRAM;
  if (isSpent || result.exitCode !== 0) instance = undefined;
  return result;
}

function load(): Promise<Jq> {
  calls = 0;
  return loadJq({
    instantiateWasm(imports, onSuccess) {
      void WebAssembly.instantiate(module, limitOutput(imports)).then((made) => {
        memory = Object.values(made.exports).find((one) => one instanceof WebAssembly.Memory);
        onSuccess(made, module);
      });
    },
  });
}

/**
 * Counts what jq writes and stops it above the limit: `fd_write` of WASI, which this build of jq imports as `a.d`. Its
 * output would otherwise grow in memory until the time is up.
 */
function limitOutput(imports: WebAssembly.Imports): WebAssembly.Imports {
  const { d: write, ...others } = imports.a ?? {};
  if (typeof write !== "function") throw new Error("this build of jq does not import fd_write as a.d");
  const counted = (file: number, vectors: number, count: number, done: number): number => {
    const view = new DataView(memory?.buffer ?? new ArrayBuffer(0));
    for (let at = 0; at < count; at += 1) written += view.getUint32(vectors + at * 8 + 4, true);
    if (written > OUTPUT_LIMIT_BYTES) throw new OutputTooLarge();
    return write(file, vectors, count, done);
  };
  return { ...imports, a: { ...others, d: counted } };
}
