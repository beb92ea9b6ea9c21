import * as z from "zod";
import type { Json, JsonObject } from "../core/json.ts";
import { textOf } from "../core/template.ts";

/** A parameter that is text: a placeholder that stands alone may read anything, which then looks as it would inside text. */
export const templatedText = z
  .preprocess((value) => (value === undefined ? value : textOf(value as Json)), z.string())
  .meta({ type: ["string", "number", "boolean", "null"] });

/** Problems of literal lists and mappings where a file must give text. */
export function textProblems(raw: JsonObject, names: readonly string[]) {
  return names
    .filter((name) => typeof raw[name] === "object" && raw[name] !== null && !JSON.isRawJSON(raw[name]))
    .map((name) => ({
      at: [name],
      message: `found ${Array.isArray(raw[name]) ? "a list" : "a mapping"}, expected text`,
    }));
}
