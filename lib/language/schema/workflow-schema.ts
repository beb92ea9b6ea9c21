import type * as z from "zod";
import type { Json, JsonObject } from "../../core/json.ts";
import type { AnyStep } from "../../core/step.ts";
import { environmentKey, fileKeys, inputKeys } from "../file-keys.ts";
import { asObject, jsonSchemaOf } from "../json-schema.ts";
import { sharedKeys, stepKeys } from "../step-keys.ts";
import { byType } from "./by-type.ts";
import { conditionDefinition } from "./condition-definition.ts";
import { withSentences } from "./described.ts";
import { stepSchema } from "./step-schema.ts";
import { acceptTemplates } from "./templated-schema.ts";
import { verifyDefinitions } from "./verify-definitions.ts";

/** The JSON Schema of a workflow file with these step types, for editors. */
export function workflowSchema(types: ReadonlyMap<string, AnyStep>): JsonObject {
  const steps = [...types.values()];
  return withSentences({
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Hookline workflow",
    type: "object",
    properties: {
      workflow: { description: "Optional wrapper: the keys of the file inside it mean the same" },
    },
    if: { required: ["workflow"] },
    // biome-ignore lint/suspicious/noThenProperty: a key of JSON Schema
    then: { properties: { workflow: { $ref: "#/definitions/workflow" } }, additionalProperties: false },
    else: { $ref: "#/definitions/workflow" },
    definitions: {
      workflow: workflowDefinition(),
      steps: { description: "Steps that run in order", ...listOfSteps },
      step: byType(
        steps.map((step) => ({
          type: step.type,
          summary: step.summary,
          schema: { $ref: `#/definitions/step_${step.type}` },
        })),
        "What the step does",
      ),
      ...Object.fromEntries(steps.map((step) => [`step_${step.type}`, stepSchema(step)])),
      step_keys: withoutHead(jsonSchemaOf(stepKeys)),
      ...innerDefinitions([...steps.map(({ schema }) => schema), ...Object.values(inputKeys)]),
      condition: conditionDefinition,
      ...verifyDefinitions(),
    },
  });
}

const listOfSteps: JsonObject = { type: ["array", "null"], items: { $ref: "#/definitions/step" } };

function workflowDefinition(): JsonObject {
  const keys = withoutHead(jsonSchemaOf(fileKeys));
  const properties = asObject(keys.properties);
  const environment = asObject(jsonSchemaOf(environmentKey).properties).environment;
  const shared = Object.keys(sharedKeys.shape);
  return {
    ...keys,
    properties: {
      ...properties,
      environment: { ...asObject(environment), ...asObject(properties.environment) },
      input: { ...asObject(properties.input), ...inputDefinition() },
      steps: { ...asObject(properties.steps), ...listOfSteps },
      on_failure: { ...asObject(properties.on_failure), ...listOfSteps },
      defaults: {
        ...asObject(properties.defaults),
        type: ["object", "null"],
        properties: Object.fromEntries(
          shared.map((key) => [key, { $ref: `#/definitions/step_keys/properties/${key}` }]),
        ),
        additionalProperties: false,
      },
    },
    required: ["steps"],
    not: { required: ["stage", "stages"] },
  };
}

function inputDefinition(): JsonObject {
  const kinds = Object.entries(inputKeys).map(([type, keys]) => {
    const { description, properties, ...schema } = withoutHead(jsonSchemaOf(keys));
    const { verify, ...others } = asObject(properties);
    const all =
      verify === undefined
        ? others
        : { ...others, verify: { ...asObject(verify), anyOf: [{ $ref: "#/definitions/verify" }] } };
    return { type, summary: String(description), schema: { ...schema, properties: all } };
  });
  const [webhook] = kinds;
  return byType(
    webhook ? [...kinds, { ...webhook, type: "webhook", summary: "Old spelling of http_webhook" }] : kinds,
    "What starts a run",
  );
}

/** What the parameters of steps and inputs refer to, e.g. the schema of a schema. */
function innerDefinitions(schemas: readonly z.ZodType[]): JsonObject {
  const definitions = Object.assign({}, ...schemas.map((schema) => jsonSchemaOf(schema).definitions));
  return Object.fromEntries(
    Object.entries(definitions).map(([name, schema]) => [name, acceptTemplates(asObject(schema as Json))]),
  );
}

function withoutHead({ $schema: _schema, definitions: _definitions, ...rest }: JsonObject): JsonObject {
  return rest;
}
