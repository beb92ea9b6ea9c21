import type { RunRecord, StoredEvent } from "./run.ts";

/** Where in a trace a run stands (W3C Trace Context). */
export interface TraceContext {
  /** 32 hex digits. */
  readonly traceId: string;
  /** The span that the run came of, 16 hex digits; absent: the trace begins with the run. */
  readonly parentId?: string;
  /** Two hex digits: whether whoever came before keeps the trace, and whether its id is random. */
  readonly flags: string;
  /** What other vendors pass along, as it came. */
  readonly state?: string;
}

/** Lower-case hex only; a version above 0 may say more, which is left out (W3C Trace Context, 3.2.2 and 4.3). */
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/s;
/** A key with or without a tenant, and a value of printable ASCII without comma and equals sign, no space at its end (3.3.1.3). */
const STATE_MEMBER =
  /^(?:[a-z][a-z0-9_\-*/]{0,255}|[a-z0-9][a-z0-9_\-*/]{0,240}@[a-z][a-z0-9_\-*/]{0,13})=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;
/** How much is passed along at least; what is longer is not passed along here (3.3.1.5). */
const LONGEST_STATE = 512;
const MOST_MEMBERS = 32;
const SAMPLED = "01";

/** Reads both headers; undefined where the first is not what the standard says, and then the second counts for nothing. */
export function parseTrace(traceparent: unknown, tracestate?: unknown): TraceContext | undefined {
  if (typeof traceparent !== "string") return undefined;
  const [, version = "ff", traceId = "", parentId = "", flags = "", more] =
    TRACEPARENT.exec(traceparent) ?? [];
  if (version === "ff" || (version === "00" && more !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(parentId)) return undefined;
  const state = parseState(tracestate);
  return { traceId, parentId, flags: knownFlags(flags), ...(state !== undefined && { state }) };
}

/**
 * The trace of a run: the sender's, where it sent one; else one that begins with the run and has the run's id. Nothing of it is
 * stored, and a replay begins anew.
 */
export function traceOf({
  runId,
  event,
  replayOf,
}: Pick<RunRecord, "runId" | "replayOf"> & { readonly event: Pick<StoredEvent, "request"> }): TraceContext {
  const { traceparent, tracestate } = event.request.headers;
  const came = replayOf ? undefined : parseTrace(traceparent, tracestate);
  return came ?? { traceId: runId.replaceAll("-", ""), flags: SAMPLED };
}

/** The span that stands for a run as a whole: the random end of its id. */
export function spanOfRun(runId: string): string {
  return runId.replaceAll("-", "").slice(-16);
}

/** The headers that tell the other side which trace a call belongs to, and which span made it. */
export function traceHeaders(
  { traceId, flags, state }: TraceContext,
  spanId: string,
): { readonly traceparent: string; readonly tracestate?: string } {
  return {
    traceparent: `00-${traceId}-${spanId}-${flags}`,
    ...(state !== undefined && { tracestate: state }),
  };
}

function parseState(text: unknown): string | undefined {
  if (typeof text !== "string" || text.length > LONGEST_STATE) return undefined;
  const members = text
    .split(",")
    .map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ""))
    .filter((member) => member !== "");
  const keys = new Set(members.map((member) => member.slice(0, member.indexOf("="))));
  const fits = members.every((member) => STATE_MEMBER.test(member));
  if (!fits || members.length === 0 || members.length > MOST_MEMBERS || keys.size < members.length)
    return undefined;
  return members.join(",");
}

/** Of the flags, those that the standard knows: kept by the sender, and random (level 2). */
function knownFlags(flags: string): string {
  return (Number.parseInt(flags, 16) & 0b11).toString(16).padStart(2, "0");
}
