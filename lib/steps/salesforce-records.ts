import { excerpt } from "../core/excerpt.ts";
import { FlowError } from "../core/flow-error.ts";
import { formatJson, isNumeric, isObject, type Json, type JsonObject } from "../core/json.ts";
import type { SalesforceUpdate, SalesforceUpsert } from "../core/ports/salesforce.ts";
import { textOf } from "../core/template.ts";

/** An id of Salesforce. @throws FlowError `invalid_input` for what could be taken for another address. */
export function recordId(value: Json | undefined, what: string): string {
  if (typeof value === "string" && /^[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?$/.test(value)) return value;
  throw new FlowError(
    "invalid_input",
    `${what} ${value === undefined ? "is missing" : `is ${excerpt(textOf(value), 100)}`}: an id of Salesforce is 15 or 18 letters and digits`,
  );
}

/** The fields to create a record with: those of a queried record without its `attributes`. @throws FlowError `invalid_input` for what is no mapping. */
export function newRecord(value: Json, what: string): JsonObject {
  return take(value, "attributes", what).rest;
}

/** The record and its id, which is `id` or stands in it as `Id`. @throws FlowError `invalid_input` without one. */
export function changedRecord(value: Json, id: string | undefined, what: string): SalesforceUpdate {
  const { taken, rest } = take(newRecord(value, what), "Id", what);
  return { id: recordId(id ?? taken, id === undefined ? `${what}.Id` : "id"), fields: rest };
}

/**
 * The record and the value of its external id field, which is `id` or stands in it.
 * @throws FlowError `invalid_input` without one, and for one that is neither text nor a number.
 */
export function knownRecord(
  value: Json,
  field: string,
  id: string | undefined,
  what: string,
): SalesforceUpsert {
  const { taken, rest } = take(newRecord(value, what), field, what);
  const externalId = id ?? taken;
  if ((typeof externalId === "string" && externalId !== "") || isNumeric(externalId)) {
    return { externalId, fields: rest };
  }
  throw new FlowError(
    "invalid_input",
    `${what}.${field} is ${externalId === undefined ? "missing" : JSON.stringify(externalId)}: it tells which record it is, as text or a number`,
  );
}

/** Names of fields have no case. */
function take(value: Json, name: string, what: string): { taken?: Json; rest: JsonObject } {
  if (!isObject(value)) {
    throw new FlowError(
      "invalid_input",
      `${what} is ${excerpt(formatJson(value), 100)}, expected a mapping of fields`,
    );
  }
  const key = Object.keys(value).find((one) => one.toLowerCase() === name.toLowerCase());
  if (key === undefined) return { rest: value };
  const { [key]: taken, ...rest } = value;
  return { ...(taken !== undefined && { taken }), rest };
}
