import type { JsonObject } from "../../core/json.ts";
import { presets } from "../../webhooks/presets.ts";
import { presetKeys, schemeKeys } from "../../webhooks/verify-keys.ts";
import { asObject, jsonSchemaOf } from "../json-schema.ts";
import { byType } from "./by-type.ts";

/** The JSON Schemas of `input.verify`: the name of a preset, a mapping with one, or a scheme. */
export function verifyDefinitions(): JsonObject {
  const { properties, ...keys } = bare(jsonSchemaOf(presetKeys));
  const kinds = Object.entries(schemeKeys).map(([type, schema]) => ({
    type,
    summary: String(jsonSchemaOf(schema).description),
    schema: { $ref: `#/definitions/verify_${type}` },
  }));
  const scheme = byType(kinds, "How requests are signed", "scheme");
  return {
    verify: {
      anyOf: [
        names,
        {
          type: "object",
          properties: {
            preset: { description: "The service that calls", ...names },
            scheme: asObject(asObject(scheme.properties).scheme),
          },
          if: { required: ["preset"] },
          // biome-ignore lint/suspicious/noThenProperty: a key of JSON Schema
          then: { $ref: "#/definitions/verify_preset" },
          else: scheme,
        },
      ],
    },
    verify_preset: {
      ...keys,
      properties: {
        ...asObject(properties),
        preset: { ...asObject(asObject(properties).preset), ...names },
      },
    },
    ...Object.fromEntries(
      Object.entries(schemeKeys).map(([name, schema]) => [`verify_${name}`, bare(jsonSchemaOf(schema))]),
    ),
  };
}

const names: JsonObject = {
  type: "string",
  enum: [...presets.keys()],
  enumDescriptions: [...presets.values()].map(({ title, secretName }) => `${title}; reads ${secretName}.`),
};

function bare({ $schema: _schema, ...rest }: JsonObject): JsonObject {
  return rest;
}
