/**
 * Milliseconds to wait by a `Retry-After` header (RFC 9110 section 10.2.3): seconds, or a date seen from `nowMs`.
 * Undefined without a header and for one that is neither.
 */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000);
  // Every date form of HTTP has a time of day; Date.parse alone would also take "7 apples".
  if (!/^[A-Z][a-z]{2}.*\d\d:\d\d:\d\d/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}
