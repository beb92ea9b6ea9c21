import * as z from "zod";
import type { Json, JsonObject } from "./json.ts";

/** Any JSON value, taken as it is: exact numbers keep their digits and nothing is copied. */
export const anyJson = z.unknown() as z.ZodType<Json>;

/** A mapping of names to any JSON values. */
export const jsonMapping = z.record(z.string(), anyJson) as z.ZodType<JsonObject>;
