import type { Json } from "../json.ts";

/** One evaluation of a jq program. */
export interface JqRequest {
  readonly program: string;
  readonly input: Json;
  /** Bound as `$name`. */
  readonly bindings: { readonly [name: string]: Json };
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** The jq language, 1.7 or later. No files, no modules, an empty environment. */
export interface Jq {
  /**
   * Every result of the program, in order; numbers keep their digits.
   * @throws FlowError `code_error` for a program that does not compile or raises, `timeout` for one that does not end.
   */
  run(request: JqRequest): Promise<readonly Json[]>;
}
