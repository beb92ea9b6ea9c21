import { OPERATORS } from "../../core/condition.ts";
import type { JsonObject } from "../../core/json.ts";
import { described } from "./described.ts";
import { OPERATOR_MEANINGS } from "./operators.ts";

const condition = { $ref: "#/definitions/condition" };
const conditions = (description: string): JsonObject =>
  described({ type: "array", items: condition }, description);

const operator = (description: string): JsonObject =>
  described(
    { type: "string", enum: OPERATORS, enumDescriptions: OPERATORS.map((name) => OPERATOR_MEANINGS[name]) },
    description,
  );

const comparison: JsonObject = {
  title: "comparison",
  type: "object",
  properties: {
    field: described(
      { type: "string", minLength: 1 },
      "Path of the value that is compared, e.g. `customer.email`.",
    ),
    op: operator("How `field` is compared with `value`."),
    operator: operator("Another spelling of `op`."),
    value: described({}, "What the field is compared with; may hold templates."),
  },
  required: ["field"],
  oneOf: [{ required: ["op"] }, { required: ["operator"] }],
  additionalProperties: false,
};

function combination(key: string, schema: JsonObject): JsonObject {
  return {
    title: key,
    type: "object",
    properties: { [key]: schema },
    required: [key],
    additionalProperties: false,
  };
}

/** The JSON Schema of a condition: a comparison, or a combination of conditions. */
export const conditionDefinition: JsonObject = {
  anyOf: [
    comparison,
    combination("all", conditions("Conditions that must all hold.")),
    combination("any", conditions("Conditions of which one must hold.")),
    combination("not", described({ allOf: [condition] }, "A condition that must not hold.")),
  ],
};
