import * as z from "zod";
import { isObject, type Json, type JsonObject } from "./json.ts";

/** Any JSON value, taken as it is: exact numbers keep their digits and nothing is copied. */
export const anyJson = z.unknown() as z.ZodType<Json>;

/** A mapping of names to any JSON values, taken as it is: a record of the library leaves `__proto__` out. */
export const jsonMapping = z
  .unknown()
  .check(({ value, issues }) => {
    if (!isObject(value)) issues.push({ code: "invalid_type", expected: "record", input: value });
  })
  .meta({
    type: "object",
    propertyNames: { type: "string" },
    additionalProperties: {},
  }) as z.ZodType<JsonObject>;
