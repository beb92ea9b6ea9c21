import type { JsonObject } from "../../core/json.ts";

/** One of several kinds of mapping that their key `type` tells apart. */
export interface Kind {
  readonly type: string;
  readonly summary: string;
  readonly schema: JsonObject;
}

/**
 * The schema of a mapping that is one of these kinds. The conditional form, because the YAML language server then judges
 * a mapping by the type that it names; with `anyOf` it offers only the types whose other keys fit already.
 */
export function byType(kinds: readonly Kind[], description: string): JsonObject {
  return {
    type: "object",
    properties: {
      type: {
        description,
        enum: kinds.map(({ type }) => type),
        enumDescriptions: kinds.map(({ summary }) => `${summary}.`),
      },
    },
    required: ["type"],
    allOf: kinds.map(({ type, schema }) => ({
      if: { type: "object", properties: { type: { const: type } }, required: ["type"] },
      // biome-ignore lint/suspicious/noThenProperty: a key of JSON Schema
      then: schema,
    })),
  };
}
