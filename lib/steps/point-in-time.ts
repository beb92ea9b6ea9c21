import { isExactNumber, type Json } from "../core/json.ts";

const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:?\d\d)?)?$/i;

/**
 * Milliseconds since the epoch of ISO 8601 text (UTC where it names no offset) or of a number of seconds or
 * milliseconds; NaN for anything else. Numbers above 1e11 are milliseconds: as seconds they lie beyond the year 5138.
 */
export function pointInTime(value: Json): number {
  if (typeof value === "string" && !/^\d+(?:\.\d+)?$/.test(value)) return parseIso(value);
  if (typeof value !== "number" && typeof value !== "string" && !isExactNumber(value)) return Number.NaN;
  const number = Number(isExactNumber(value) ? value.rawJSON : value);
  return number > 1e11 ? number : number * 1000;
}

function parseIso(text: string): number {
  const [, date, time = "00:00", offset = "Z"] = ISO.exec(text.trim()) ?? [];
  if (date === undefined) return Number.NaN;
  const zone = offset.toUpperCase().replace(/^([+-]\d\d)(\d\d)$/, "$1:$2");
  return Date.parse(`${date}T${time}${zone}`);
}
