/** A time as ISO 8601 in this machine's time zone, to the second: `2026-11-23T08:15:00+01:00`. */
export function localIso(epochMs: number): string {
  const offsetMinutes = -new Date(epochMs).getTimezoneOffset();
  const wall = new Date(epochMs + offsetMinutes * 60_000).toISOString().slice(0, 19);
  const size = Math.abs(offsetMinutes);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${wall}${offsetMinutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
