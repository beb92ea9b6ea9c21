import type { Log } from "../../core/ports/log.ts";
import type { Span, Spans } from "../../core/ports/spans.ts";

/** Where spans go, and as whose. */
export interface OtlpOptions {
  /** Base URL of a collector, without `/v1/traces`. */
  readonly endpoint: string;
  /** `name=value,name=value`, values percent-encoded, as OTEL_EXPORTER_OTLP_HEADERS has them; asked for at each flush. */
  readonly headers: () => Promise<string | undefined>;
  readonly stage: string;
  readonly log: Log;
}

/** More than that in one invocation is left out. */
const MOST_SPANS = 2_000;
/** How long the end of an invocation may wait for the collector. */
const TIMEOUT_MS = 2_000;
const SAMPLED = 1;
const KINDS = { internal: 1, server: 2, client: 3, consumer: 5 } as const;
const ERROR = 2;

/** Spans sent by OTLP over HTTP, as JSON (OpenTelemetry Protocol 1.x): those of an invocation in one request, when it ends. */
export function createOtlpSpans({
  endpoint,
  headers,
  stage,
  log,
}: OtlpOptions): Spans & { flush(): Promise<void> } {
  let kept: Span[] = [];
  let leftOut = 0;

  async function send(spans: readonly Span[]): Promise<void> {
    const resource = {
      attributes: attributesOf({ "service.name": "hookline", "deployment.environment.name": stage }),
    };
    const scopeSpans = [{ scope: { name: "hookline" }, spans: spans.map(otlpSpan) }];
    const answer = await fetch(`${endpoint.replace(/\/+$/, "")}/v1/traces`, {
      method: "POST",
      headers: { ...readHeaders((await headers()) ?? ""), "content-type": "application/json" },
      body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans }] }),
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await answer.body?.cancel();
    if (!answer.ok) throw new Error(`the collector answered ${answer.status}`);
  }

  return {
    record(span) {
      // Whoever began the trace does not keep it.
      if ((Number.parseInt(span.trace.flags, 16) & SAMPLED) === 0) return;
      if (kept.length < MOST_SPANS) kept.push(span);
      else leftOut += 1;
    },
    async flush() {
      const spans = kept;
      if (spans.length === 0) return;
      const fields = { spans: spans.length, left_out: leftOut };
      kept = [];
      leftOut = 0;
      try {
        await send(spans);
      } catch (thrown) {
        // Its cause may quote a header.
        const why = thrown instanceof Error ? thrown.name : "unknown";
        log.write({ level: "warn", message: `spans are lost: ${why}`, fields });
      }
    },
  };
}

function otlpSpan({
  trace,
  spanId,
  parentId,
  name,
  kind,
  from,
  to,
  attributes,
  errorClass,
  link,
}: Span): object {
  return {
    traceId: trace.traceId,
    spanId,
    ...(parentId !== undefined && { parentSpanId: parentId }),
    ...(trace.state !== undefined && { traceState: trace.state }),
    name,
    kind: KINDS[kind],
    startTimeUnixNano: nanos(from),
    endTimeUnixNano: nanos(to),
    attributes: attributesOf({ ...attributes, "error.type": errorClass }),
    ...(errorClass !== undefined && { status: { code: ERROR, message: errorClass } }),
    ...(link && { links: [link] }),
  };
}

/** 64-bit numbers are texts in protobuf's JSON. */
function nanos(ms: number): string {
  return `${Math.round(ms)}000000`;
}

function attributesOf(values: Span["attributes"]): readonly object[] {
  return Object.entries(values).flatMap(([key, value]): object[] => {
    if (value === undefined) return [];
    if (typeof value === "string") return [{ key, value: { stringValue: value } }];
    return [{ key, value: Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value } }];
  });
}

function readHeaders(text: string): { [name: string]: string } {
  const pairs = text.split(",").map((pair) => pair.trim());
  return Object.fromEntries(
    pairs
      .filter((pair) => pair.includes("="))
      .map((pair) => {
        const at = pair.indexOf("=");
        return [pair.slice(0, at).trim(), decodeURIComponent(pair.slice(at + 1).trim())];
      }),
  );
}
