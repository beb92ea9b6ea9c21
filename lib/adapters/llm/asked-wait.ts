import { isObject, type Json } from "../../core/json.ts";
import type { HttpResponse } from "../../core/ports/http.ts";
import { parseRetryAfter } from "../../core/retry-after.ts";

type Headers = HttpResponse["headers"];

/**
 * Milliseconds that a provider asks to wait: by header in milliseconds (OpenAI), by `Retry-After`, in the error's details
 * (Google's RetryInfo), or else until the last limit that is used up starts anew (OpenAI's `x-ratelimit-reset-…`,
 * Anthropic's `anthropic-ratelimit-…-reset`). Undefined when it asks for nothing.
 */
export function askedWait(
  headers: Headers,
  { details }: { readonly [key: string]: Json },
  nowMs: number,
): number | undefined {
  const ms = Number(headers["retry-after-ms"] ?? Number.NaN);
  if (ms >= 0) return ms;
  const listed = (Array.isArray(details) ? details : []).filter(isObject).map(({ retryDelay }) => retryDelay);
  const seconds = /^(\d+(?:\.\d+)?)s$/.exec(String(listed.find((delay) => delay !== undefined)));
  return parseRetryAfter(headers["retry-after"] ?? seconds?.[1], nowMs) ?? untilReset(headers, nowMs);
}

function untilReset(headers: Headers, nowMs: number): number | undefined {
  const waits = Object.entries(headers).flatMap(([name, value = ""]) => {
    if (!/ratelimit.*remaining/.test(name) || Number(value) !== 0) return [];
    const wait = durationOf(headers[name.replace("remaining", "reset")] ?? "", nowMs);
    return wait === undefined ? [] : [wait];
  });
  return waits.length === 0 ? undefined : Math.max(...waits);
}

const UNITS_MS: { readonly [unit: string]: number } = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** `1h2m3.5s` (Go's form of a duration), or a point in time (RFC 3339). */
function durationOf(text: string, nowMs: number): number | undefined {
  if (/^(?:\d+(?:\.\d+)?(?:ms|[hms]))+$/.test(text)) {
    const parts = [...text.matchAll(/([\d.]+)(ms|[hms])/g)];
    return parts.reduce((sum, [, count, unit = ""]) => sum + Number(count) * (UNITS_MS[unit] ?? 0), 0);
  }
  const at = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}
