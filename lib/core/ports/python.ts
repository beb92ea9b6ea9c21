import type { FlowError } from "../flow-error.ts";
import type { Json } from "../json.ts";

/** One call of a function written in Python. */
export interface PythonRequest {
  /** Calls of one run may share an interpreter; no other run ever meets it. */
  readonly runId: string;
  readonly code: string;
  /** Name of the function; absent: `process`, or the only one that the code defines. */
  readonly handler?: string;
  /** Its argument. */
  readonly input: Json;
  /** All that `os.environ` holds. */
  readonly env: { readonly [name: string]: string };
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** What came of a call: the function's result, or why there is none. */
export type PythonOutcome = {
  /** Lines the code printed, at most 200 and 64 Ki characters. */
  readonly printed: readonly string[];
} & ({ readonly value: Json } | { readonly error: FlowError });

/** Python 3.14 and its standard library, shut off from network, files, processes and the environment of its host. */
export interface Python {
  /**
   * Integers are exact both ways. The outcome's error is a `code_error`: code that does not compile or raises, a result
   * that is no JSON or larger than 25 MB, memory that ran out.
   * @throws FlowError `timeout` for code that does not end, `cancelled` when the signal aborted.
   */
  run(request: PythonRequest): Promise<PythonOutcome>;
  /** The run leaves this process: its interpreter is thrown away. */
  endRun(runId: string): void;
}

/** Why a piece of code would fail whatever it is given: it is no Python, or imports a module that is not there. */
export interface PythonProblem {
  /** Which of the pieces, from 0. */
  readonly index: number;
  /** Counted from 1; columns in code points. */
  readonly line: number;
  readonly column: number;
  /** Python's words: `SyntaxError: expected ':'`. */
  readonly message: string;
}

/** Says what Python would refuse before it runs anything. */
export interface PythonCompiler {
  /**
   * Compiles pieces of code, all in one call, and executes none; those in order leave nothing in the answer.
   * @throws FlowError `timeout` after 30 seconds, `code_error` when a piece breaks the interpreter, `cancelled`.
   */
  compile(codes: readonly string[], signal?: AbortSignal): Promise<readonly PythonProblem[]>;
}
