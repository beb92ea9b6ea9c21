import type { Http } from "../../core/ports/http.ts";
import type { Spans } from "../../core/ports/spans.ts";
import { traceHeaders } from "../../core/trace-context.ts";
import { callingStep, nextCall, spanIdOf } from "./calling-step.ts";
import { timed } from "./timed.ts";

/**
 * A client whose requests carry the trace of the run that makes them, each as a span of its own: a hash of run, step, attempt and the
 * number of the call, so that nothing has to be kept. A `traceparent` of the file's own stays.
 */
export function tracedHttp(http: Http, spans?: Spans): Http {
  return {
    async send(request) {
      const step = callingStep.getStore();
      if (!step) return http.send(request);
      const spanId = spanIdOf(nextCall(step));
      const isGiven = Object.keys(request.headers).some((name) => name.toLowerCase() === "traceparent");
      const headers = isGiven ? request.headers : { ...traceHeaders(step.trace, spanId), ...request.headers };
      const span = () => ({
        trace: step.trace,
        spanId,
        parentId: spanIdOf(step.name),
        name: request.method,
        kind: "client" as const,
        attributes: { "http.request.method": request.method, ...serverOf(request.url, step.blank) },
      });
      const sent = () => http.send({ ...request, headers });
      return timed(spans, span, sent, ({ status }) => ({
        attributes: { "http.response.status_code": status },
        ...(status >= 400 && { errorClass: String(status) }),
      }));
    },
  };
}

/** Never path and query: what they hold may be a secret, as in the URLs of Slack. */
function serverOf(text: string, blank: (text: string) => string) {
  if (!URL.canParse(text)) return {};
  const { hostname, port, protocol } = new URL(text);
  return {
    "server.address": blank(hostname),
    "server.port": Number(port) || (protocol === "https:" ? 443 : 80),
    "url.scheme": protocol.slice(0, -1),
  };
}
