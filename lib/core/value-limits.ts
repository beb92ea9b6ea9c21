import { FlowError } from "./flow-error.ts";
import { isExactNumber, type Json } from "./json.ts";

/** How deep a value in the state may nest: values are walked level by level, and the stack holds some thousand of them. */
const DEEPEST = 2_000;

/** How large a result of a step, or a text made of a template, may be, in characters: larger ones are worth a place of their own. */
export const LARGEST_VALUE = 64 * 1024 * 1024;

// What a number, a literal or a pair of brackets takes, in JSON with its comma and in memory.
const SCALAR = 8;

/**
 * Refuses a value that is nested too deeply or is too large to be worked on, written as JSON. One value that stands in many
 * places counts in each: it is written that often. @throws FlowError `invalid_output`
 */
export function checkValue(value: Json): void {
  let left = LARGEST_VALUE;
  const walk = (part: Json, levels: number): void => {
    const isText = typeof part === "string";
    left -= isText ? part.length + SCALAR : SCALAR;
    if (left < 0)
      throw new FlowError(
        "invalid_output",
        `the result has more than ${LARGEST_VALUE / 1024 / 1024} MB as JSON`,
      );
    if (isText || typeof part !== "object" || part === null || isExactNumber(part)) return;
    if (levels === 0)
      throw new FlowError("invalid_output", `the result nests more than ${DEEPEST} levels deep`);
    if (Array.isArray(part)) for (const item of part) walk(item, levels - 1);
    else {
      for (const [key, item] of Object.entries(part)) {
        left -= key.length;
        walk(item, levels - 1);
      }
    }
  };
  walk(value, DEEPEST);
}
