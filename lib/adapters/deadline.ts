import { FlowError } from "../core/flow-error.ts";

// The longest delay of setTimeout; a longer one would fire at once.
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** A signal whose reason is always a FlowError. `end` must be called when the work is over. */
export interface Deadline {
  readonly signal: AbortSignal;
  end(): void;
}

/**
 * Aborts with `timeout` after `timeoutMs`, and with `cancelled` (or the signal's own FlowError) when the caller's signal
 * aborts. `what` names the work: "the answer of api.example.com".
 */
export function startDeadline(
  what: string,
  timeoutMs: number | undefined,
  caller: AbortSignal | undefined,
): Deadline {
  const controller = new AbortController();
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(
          () =>
            controller.abort(
              new FlowError("timeout", `${what} did not come within ${timeoutMs / 1000} seconds`),
            ),
          Math.min(timeoutMs, LONGEST_DELAY_MS),
        );
  const cancel = () => controller.abort(cancellation(caller?.reason));
  if (caller?.aborted) cancel();
  else caller?.addEventListener("abort", cancel);
  return {
    signal: controller.signal,
    end() {
      clearTimeout(timer);
      caller?.removeEventListener("abort", cancel);
    },
  };
}

/** What an aborted signal means: its reason when that is a FlowError, else `cancelled`. */
export function cancellation(reason: unknown): FlowError {
  if (reason instanceof FlowError) return reason;
  return new FlowError("cancelled", "the step was cancelled before it ended", { cause: reason });
}
