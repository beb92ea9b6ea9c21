import { type Schema, Validator } from "@cfworker/json-schema";
import { parse } from "yaml";
import type { AnyStep } from "../../lib/core/step.ts";
import { workflowSchema } from "../../lib/language/schema/workflow-schema.ts";

const validators = new WeakMap<ReadonlyMap<string, AnyStep>, Validator>();

/** What the JSON Schema of these step types finds wrong in a file; empty when it accepts it. */
export function schemaFaults(text: string, types: ReadonlyMap<string, AnyStep>): readonly string[] {
  const validator = validators.get(types) ?? new Validator(workflowSchema(types) as Schema, "7", false);
  validators.set(types, validator);
  const { valid, errors } = validator.validate(parse(text, { version: "1.2", schema: "core" }));
  return valid ? [] : errors.map(({ instanceLocation, error }) => `${instanceLocation} ${error}`);
}
