import { expect, test } from "@jest/globals";
import { exampleOf } from "../../lib/app/example-of.ts";
import type { Json, JsonObject } from "../../lib/core/json.ts";
import { schemaProblems } from "../../lib/steps/schema-problems.ts";

const address = {
  type: "object",
  properties: { city: { type: "string", minLength: 6 } },
  required: ["city"],
};

test.each<[string, JsonObject, Json]>([
  [
    "an object with what it may have",
    {
      type: "object",
      properties: {
        id: { type: "integer", minimum: 5 },
        email: { type: "string", format: "email" },
        tags: { type: "array", items: { type: "string" }, minItems: 1 },
        paid: { type: "boolean" },
        kind: { enum: ["order", "return"] },
        note: { type: ["string", "null"], examples: ["by hand"] },
      },
      required: ["id", "email", "tags", "paid", "kind"],
      additionalProperties: false,
    },
    { id: 5, email: "ada@example.com", tags: ["text"], paid: true, kind: "order", note: "by hand" },
  ],
  ["what a reference leads to", { $ref: "#/$defs/address", $defs: { address } }, { city: "texttt" }],
  [
    "all parts of one",
    { allOf: [address, { properties: { zip: { const: 7 } } }] },
    { city: "texttt", zip: 7 },
  ],
  ["the first of a choice", { oneOf: [{ type: "null" }, address] }, null],
  ["nothing where nothing is asked for", {}, null],
])("%s", async (_what, schema, expected) => {
  expect(exampleOf(schema)).toEqual(expected);
  expect(await schemaProblems(schema, JSON.stringify(expected))).toEqual([]);
});

test("a schema that refers to itself ends", () => {
  const tree = { type: "object", properties: { child: { $ref: "#" } } };
  expect(JSON.stringify(exampleOf(tree))).toContain('"child"');
  expect(exampleOf({ $ref: "#" })).toBeNull();
});
