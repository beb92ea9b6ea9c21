import type { FlowError } from "../flow-error.ts";
import type { Json } from "../json.ts";

/** One evaluation of a jq program. */
export interface JqRequest {
  /** Programs of one run take turns, so that no run keeps the others from jq. */
  readonly runId: string;
  readonly program: string;
  readonly input: Json;
  /** Bound as `$name`. */
  readonly bindings: { readonly [name: string]: Json };
  /** What the program takes for the present time, milliseconds since the epoch. */
  readonly now: number;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** What came of an evaluation: every result in order, or why there are none. */
export type JqOutcome = {
  /** What `debug` and `stderr` wrote, line by line, at most 200 lines and 64 Ki characters. */
  readonly logs: readonly string[];
} & ({ readonly results: readonly Json[] } | { readonly error: FlowError });

/** The jq language, 1.7 or later. No files, no modules, an empty environment. */
export interface Jq {
  /**
   * Numbers keep their digits. The outcome's error is a `code_error`: a program that does not compile or raises, memory or
   * output beyond the limits.
   * @throws FlowError `timeout` for a program that does not end, `cancelled` when the signal aborted.
   */
  run(request: JqRequest): Promise<JqOutcome>;
}

/** Why a program is no jq. */
export interface JqProblem {
  /** In the program as written, counted from 1, columns in code points; its start where jq names no place. */
  readonly line: number;
  readonly column: number;
  /** jq's own words: `foo/0 is not defined`. */
  readonly message: string;
}

/** Says what jq would refuse before it runs anything. */
export interface JqCompiler {
  /**
   * Compiles a program in which `names` are bound, and runs nothing; null when it is sound.
   * @throws FlowError `timeout` after 10 seconds, `cancelled` when the signal aborted.
   */
  compile(program: string, names: readonly string[], signal?: AbortSignal): Promise<JqProblem | null>;
}
