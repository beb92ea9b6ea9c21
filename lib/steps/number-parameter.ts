import * as z from "zod";
import { isExactNumber } from "../core/json.ts";

/** A parameter that is a number, also where a template reads it from the environment or a form, which hold text only. */
export function templatedNumber(schema: z.ZodNumber) {
  return z
    .preprocess((value) => {
      if (isExactNumber(value)) return Number(value.rawJSON);
      return typeof value === "string" && NUMBER.test(value) ? Number(value) : value;
    }, schema)
    .meta({ type: [schema.isInt ? "integer" : "number", "string"], pattern: NUMBER.source });
}

const NUMBER = /^\s*-?\d+(?:\.\d+)?\s*$/;
