import type { JsonObject } from "../../core/json.ts";

/** One of several kinds of mapping that one of their keys tells apart. */
export interface Kind {
  /** The value of that key. */
  readonly type: string;
  readonly summary: string;
  readonly schema: JsonObject;
}

/**
 * The schema of a mapping that is one of these kinds, told apart by a key. The conditional form, because the YAML language server then
 * judges a mapping by the type that it names; with `anyOf` it offers only the types whose other keys fit already.
 */
export function byType(kinds: readonly Kind[], description: string, key = "type"): JsonObject {
  return {
    type: "object",
    properties: {
      [key]: {
        description,
        enum: kinds.map(({ type }) => type),
        enumDescriptions: kinds.map(({ summary }) => `${summary}.`),
      },
    },
    required: [key],
    allOf: kinds.map(({ type, schema }) => ({
      if: { type: "object", properties: { [key]: { const: type } }, required: [key] },
      // biome-ignore lint/suspicious/noThenProperty: a key of JSON Schema
      then: schema,
    })),
  };
}
