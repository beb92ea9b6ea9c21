import type { ErrorClass } from "./flow-error.ts";

/** The class of a failure by the HTTP status that told of it; anything that no rule names is `client_error`. */
export function classOfStatus(status: number): ErrorClass {
  if (status === 408) return "timeout";
  if (status === 425) return "server_error";
  if (status === 429) return "rate_limited";
  return status >= 500 && status < 600 ? "server_error" : "client_error";
}
