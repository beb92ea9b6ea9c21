import type { Json, JsonObject } from "../../core/json.ts";
import type { AnyStep } from "../../core/step.ts";
import { asObject, jsonSchemaOf, parametersOf } from "../json-schema.ts";
import { isOwnKey, takesTemplates } from "../own-parameters.ts";
import { stepKeys } from "../step-keys.ts";
import { withNestedSteps } from "./nested-steps.ts";
import { acceptTemplates } from "./templated-schema.ts";

/** The JSON Schema of a step of one type, with the keys that every step has. */
export function stepSchema(step: AnyStep): JsonObject {
  const { type: _type, ...common } = asObject(jsonSchemaOf(stepKeys).properties);
  const shared = Object.entries(common)
    .filter(([key]) => !isOwnKey(key, step) && (key !== "cache" || step.dependsOn !== undefined))
    .map(([key, schema]) => [key, commonKey(key, asObject(schema), step)]);
  return withNestedSteps(
    {
      title: step.type,
      type: "object",
      properties: {
        type: { const: step.type, description: step.summary },
        ...ownParameters(step),
        ...Object.fromEntries(shared),
      },
      required: requiredKeys(step),
      additionalProperties: false,
    },
    step.nested,
  );
}

function ownParameters(step: AnyStep): JsonObject {
  return Object.fromEntries(
    [...parametersOf(step.schema)].map(([name, schema]) => {
      const template = step.templates?.[name];
      const taken = takesTemplates(name, step) ? acceptTemplates(schema) : schema;
      return [name, template === undefined ? taken : { ...taken, default: template }];
    }),
  );
}

/** A common key as every step has it, or with the default that it has in this one. */
function commonKey(key: string, schema: JsonObject, step: AnyStep): JsonObject {
  const fallback = { output_to: step.defaultOutput, timeout: step.timeoutSeconds }[key];
  return fallback === undefined || fallback === null
    ? { $ref: `#/definitions/step_keys/properties/${key}` }
    : { ...schema, default: fallback };
}

function requiredKeys({ schema, templates = {}, inputRequired, effect }: AnyStep): readonly Json[] {
  const { required } = jsonSchemaOf(schema);
  const own = Array.isArray(required)
    ? required.filter((name) => !Object.hasOwn(templates, String(name)))
    : [];
  // A step with an effect may have it from the file's defaults.
  return ["type", ...own, ...(inputRequired && !effect ? ["input_from"] : [])];
}
