import { excerpt } from "./excerpt.ts";
import type { Usage } from "./journal.ts";
import type { Json } from "./json.ts";

/**
 * What each error class means for a run: `heals` – another attempt can succeed where this one failed; `theirs` – the
 * other side failed, so that another one asked in its place may succeed.
 */
const CLASSES = {
  timeout: { heals: true, theirs: true },
  connection: { heals: true, theirs: true },
  rate_limited: { heals: true, theirs: true },
  server_error: { heals: true, theirs: true },
  client_error: { heals: false, theirs: true },
  blocked_address: { heals: false, theirs: false },
  invalid_input: { heals: false, theirs: false },
  invalid_output: { heals: false, theirs: true },
  refused: { heals: false, theirs: true },
  truncated: { heals: false, theirs: true },
  code_error: { heals: false, theirs: false },
  config_error: { heals: false, theirs: false },
  budget_exceeded: { heals: false, theirs: false },
  unknown_outcome: { heals: false, theirs: false },
  cancelled: { heals: false, theirs: false },
  internal: { heals: false, theirs: false },
} as const;

/** The closed set of error classes, language.md section 4. */
export type ErrorClass = keyof typeof CLASSES;

/** Every error class, in the order of the language reference. */
export const ERROR_CLASSES = Object.keys(CLASSES) as [ErrorClass, ...ErrorClass[]];

/** True when a later attempt of the whole run, through the queue, may succeed. */
export function heals(errorClass: ErrorClass): boolean {
  return CLASSES[errorClass].heals;
}

/** True when the same question to another model may be answered. A key that is refused would be refused again. */
export function isTheirs({ class: errorClass, status }: FlowError): boolean {
  return CLASSES[errorClass].theirs && status !== 401;
}

/** What a failure carries beside its class and its sentence. */
export interface FlowErrorDetails {
  /** HTTP status of the answer that caused it. */
  readonly status?: number | undefined;
  /** The answer's body, at most its first 4 KiB. */
  readonly body?: string | undefined;
  /** What the other side asked us to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** What the step spent before it failed, earlier attempts included. */
  readonly usage?: Usage | undefined;
  /** Decided elsewhere for good: no further delivery of the run changes it. */
  readonly final?: boolean | undefined;
  /** Anything that helps to understand it. */
  readonly details?: Json | undefined;
  readonly cause?: unknown;
}

/** The one error of the product: a class out of a closed set, and one readable sentence. */
export class FlowError extends Error {
  override readonly name = "FlowError";
  readonly class: ErrorClass;
  readonly status: number | undefined;
  readonly body: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly usage: Usage | undefined;
  readonly final: boolean;
  readonly details: Json | undefined;

  constructor(errorClass: ErrorClass, message: string, more: FlowErrorDetails = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.class = errorClass;
    this.status = more.status;
    this.body = more.body === undefined ? undefined : excerpt(more.body, 4096);
    this.retryAfterMs = more.retryAfterMs;
    this.usage = more.usage;
    this.final = more.final ?? false;
    this.details = more.details;
  }
}

/** The stack of the fault behind an error, as a field of a log line; nothing when there is none. */
export function stackOf({ cause }: FlowError): { readonly stack?: string } {
  return cause instanceof Error ? { stack: cause.stack ?? "" } : {};
}

/** What V8 says of values that are larger than it can work on. */
const TOO_LARGE = [
  [/call stack/, "a value is nested too deeply to be worked on: some thousand levels"],
  [/string length/, "a text is too long to be worked on: it would have more than 500 MB"],
] as const;

/** Makes a FlowError of whatever was thrown; what is not one already is a fault of ours: `internal`. */
export function toFlowError(thrown: unknown): FlowError {
  if (thrown instanceof FlowError) return thrown;
  if (thrown instanceof RangeError) {
    const tooLarge = TOO_LARGE.find(([pattern]) => pattern.test(thrown.message));
    if (tooLarge) return new FlowError("invalid_input", tooLarge[1], { cause: thrown });
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new FlowError("internal", `unexpected fault: ${message}`, { cause: thrown });
}
