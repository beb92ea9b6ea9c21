import type { TraceContext } from "../trace-context.ts";

/** Something of a trace that took time, as OpenTelemetry sees it. Times in milliseconds since the epoch. */
export interface Span {
  readonly trace: TraceContext;
  /** 16 hex digits, as all ids of spans. */
  readonly spanId: string;
  /** Absent: the trace begins with it. */
  readonly parentId?: string | undefined;
  readonly name: string;
  readonly kind: "internal" | "server" | "client" | "consumer";
  readonly from: number;
  readonly to: number;
  /** By OpenTelemetry's names; a value that is undefined is left out. What models are asked and answer only where somebody wants it. */
  readonly attributes: { readonly [name: string]: string | number | undefined };
  /** Class of the error that it ended with. */
  readonly errorClass?: string | undefined;
  /** A span of another trace that it has to do with. */
  readonly link?: { readonly traceId: string; readonly spanId: string };
}

/** Takes spans that are over. Nothing is thrown: what cannot be sent fails nobody. */
export interface Spans {
  record(span: Span): void;
}
