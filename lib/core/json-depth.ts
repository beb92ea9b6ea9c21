import { isExactNumber, type Json } from "./json.ts";

/** How deep an event may nest: some levels less than a value in the state, where it may be written further down. */
export const DEEPEST_EVENT = 1_000;

/** True when the lists and objects of a value nest more levels than these. */
export function nestsDeeperThan(levels: number, value: Json): boolean {
  if (typeof value !== "object" || value === null || isExactNumber(value)) return false;
  return levels <= 0 || Object.values(value).some((item) => nestsDeeperThan(levels - 1, item));
}

/** How deep the lists and objects of a JSON text nest; 0 for a scalar. Reads well-formed JSON, one value or a line each. */
export function jsonDepth(json: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < json.length; at += 1) {
    const char = json.charCodeAt(at);
    if (char === 0x22) at = endOfString(json, at);
    else if (char === 0x5b || char === 0x7b) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (char === 0x5d || char === 0x7d) depth -= 1;
  }
  return deepest;
}

function endOfString(json: string, start: number): number {
  let end = json.indexOf('"', start + 1);
  while (end > 0 && isEscaped(json, end)) end = json.indexOf('"', end + 1);
  return end < 0 ? json.length : end;
}

function isEscaped(json: string, at: number): boolean {
  let slashes = 0;
  while (json.charCodeAt(at - 1 - slashes) === 0x5c) slashes += 1;
  return slashes % 2 === 1;
}
