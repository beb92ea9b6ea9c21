import { FlowError } from "../../core/flow-error.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { HttpRequest } from "../../core/ports/http.ts";
import { cancellation } from "../deadline.ts";
import type { FoundAnswer } from "./script.ts";

/** Lets the answer take its time. @throws FlowError the scripted error, or what ended the wait. */
export async function awaitAnswer(
  { answer, name }: FoundAnswer,
  { signal, timeoutMs = Number.POSITIVE_INFINITY }: Pick<HttpRequest, "signal" | "timeoutMs">,
  clock: Clock,
): Promise<void> {
  const delayMs = (answer.delay_seconds ?? 0) * 1000;
  if (signal?.aborted) throw cancellation(signal.reason);
  try {
    if (delayMs > 0) await clock.sleep(Math.min(delayMs, timeoutMs), signal);
  } catch (reason) {
    throw cancellation(reason);
  }
  if (delayMs > timeoutMs)
    throw new FlowError("timeout", `${name} took longer than ${timeoutMs / 1000} seconds`);
  if (answer.error) throw new FlowError(answer.error, `${name} ends with ${answer.error}, as scripted`);
}
