import * as z from "zod";
import { isExactNumber } from "../core/json.ts";

/** A parameter that is a number, also where a template reads it from the environment or a form, which hold text only. */
export function templatedNumber<Schema extends z.ZodType<number>>(schema: Schema) {
  return z.preprocess((value) => {
    if (isExactNumber(value)) return Number(value.rawJSON);
    return typeof value === "string" && /^-?\d+(?:\.\d+)?$/.test(value.trim()) ? Number(value) : value;
  }, schema);
}
