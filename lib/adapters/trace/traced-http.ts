import { createHash } from "node:crypto";
import type { Http } from "../../core/ports/http.ts";
import { traceHeaders } from "../../core/trace-context.ts";
import { callingStep } from "./calling-step.ts";

/**
 * A client whose requests carry the trace of the run that makes them, each as a span of its own: a hash of run, step, attempt and the
 * number of the call, so that nothing has to be kept. A `traceparent` of the file's own stays.
 */
export function tracedHttp(http: Http): Http {
  return {
    send(request) {
      const step = callingStep.getStore();
      if (!step || Object.keys(request.headers).some((name) => name.toLowerCase() === "traceparent"))
        return http.send(request);
      step.calls += 1;
      const headers = traceHeaders(step.trace, spanIdOf(`${step.name}/${step.calls}`));
      return http.send({ ...request, headers: { ...headers, ...request.headers } });
    },
  };
}

function spanIdOf(name: string): string {
  return createHash("sha256").update(name).digest("hex").slice(0, 16);
}
