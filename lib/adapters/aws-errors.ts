import { FlowError } from "../core/flow-error.ts";

const THROTTLED =
  /Throttl|ProvisionedThroughputExceeded|RequestLimitExceeded|TooManyRequests|OverLimit|SlowDown|BandwidthLimitExceeded/;
const TIMED_OUT = /^(?:TimeoutError|RequestTimeout|RequestTimeoutException|ETIMEDOUT|ESOCKETTIMEDOUT)$/;
const NOT_REACHED =
  /\b(?:NetworkingError|ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)\b/;

/**
 * Runs a call to an AWS service and names what can go wrong on the way to it.
 * @throws FlowError `rate_limited`, `server_error`, `timeout` or `connection`; anything else as it was thrown: a fault of ours.
 */
export async function callAws<T>(doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    throw awsError(doing, thrown);
  }
}

function awsError(doing: string, thrown: unknown): unknown {
  if (!(thrown instanceof Error)) return thrown;
  const { httpStatusCode: status = 0 } =
    "$metadata" in thrown ? (thrown.$metadata as { httpStatusCode?: number }) : {};
  const names = [thrown.name, "code" in thrown ? String(thrown.code) : ""];
  const is = (pattern: RegExp) => names.some((name) => pattern.test(name));
  const because = (consequence: string) => `${doing}: ${consequence} (${thrown.name}: ${thrown.message})`;
  if (status === 429 || is(THROTTLED))
    return new FlowError("rate_limited", because("the service is throttling us"), { cause: thrown });
  // Before the timeouts: the SDK's HTTP handler names a reset connection a TimeoutError too. It keeps nothing but the
  // text of an error that was made in another realm.
  if (is(NOT_REACHED) || (status === 0 && NOT_REACHED.test(thrown.message)))
    return new FlowError("connection", because("the service cannot be reached"), { cause: thrown });
  if (is(TIMED_OUT)) return new FlowError("timeout", because("no answer in time"), { cause: thrown });
  if (status >= 500)
    return new FlowError("server_error", because(`the service answered ${status}`), { cause: thrown });
  return thrown;
}
