import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { type Json, parseJson } from "../../lib/core/json.ts";
import { createJsonReader } from "../../lib/core/json-reader.ts";
import { anyJson } from "../support/any-json.ts";

/** What a text is read as, written so that names in their order, `__proto__` and exact numbers can be told apart. */
const read = (text: string, pieceBytes: number, pushBytes = 7) => {
  const reader = createJsonReader(pieceBytes);
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += pushBytes) reader.push(bytes.subarray(at, at + pushBytes));
  return reader.end();
};
const seen = (read: () => Json) => {
  try {
    return JSON.stringify(read());
  } catch {
    return "no JSON";
  }
};
function same(text: string, pieceBytes: number, pushBytes?: number): void {
  expect(seen(() => read(text, pieceBytes, pushBytes))).toBe(seen(() => parseJson(text)));
}

const sizes = fc.integer({ min: 1, max: 40 });
const space = fc.constantFrom("", " ", "\n", "\t\r ");
/** Pieces of JSON in any order: mostly no JSON, and nearly so. */
const token = fc.constantFrom(
  ..."[]{},:".split(""),
  '"a":',
  '"__proto__":',
  '"\\\\"',
  '"a\\"]"',
  "1",
  "12345678901234567890",
  "null",
  " ",
  "[[1,2],[3]]",
  '{"a":{"b":1},"a":2}',
  "\u00a0",
  ".5",
);

describe("JSON that comes in pieces is what it is as a whole", () => {
  test("whatever it is, and wherever it is cut", () => {
    void fc.assert(
      fc.property(anyJson, sizes, sizes, space, (value, piece, push, gap) => {
        same(gap + JSON.stringify(value, null, gap) + gap, piece, push);
      }),
    );
  });

  test("where a name stands twice or is `__proto__`, and whatever else is in the list", () => {
    const name = fc.constantFrom("a", "b", "1", "0", "__proto__", "", "é");
    const { value } = fc.letrec<{ value: string }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom("1", "0.10", "1e400", "98765432109876543210", '"x\\u0041\\\\"', '"]}"', "[]", "{}"),
        fc.array(tie("value"), { maxLength: 5 }).map((all) => `[${all.join(" ,")}]`),
        fc
          .array(fc.tuple(name, tie("value")), { maxLength: 5 })
          .map((all) => `{${all.map(([key, one]) => `"${key}": ${one}`).join(",")}}`),
      ),
    }));
    void fc.assert(fc.property(value, sizes, (text, piece) => same(text, piece)));
  });

  test("also where it is none", () => {
    const tokens = fc.array(token, { maxLength: 12 }).map((all) => all.join(""));
    void fc.assert(fc.property(tokens, sizes, (text, piece) => same(text, piece)));
  });

  test.each([
    "",
    " ",
    "[1,]",
    "[,1]",
    "[1,,2]",
    "[1 2]",
    "[[] .5]",
    "[[1,2]3]",
    "[[1,2},3]",
    '{"a":[1,2],}',
    '{"a":{} "b":1}',
    "[1],",
    "1,2",
    "]",
    '["a',
    "[\u00a01]",
    "\ufeff[1]",
  ])("%j", (text) => {
    for (let piece = 1; piece < 20; piece += 1) same(text, piece);
  });
});

test("bytes that are no UTF-8 are refused", () => {
  const reader = createJsonReader();
  reader.push(Uint8Array.of(0x22, 0xff, 0x22));
  expect(reader.end).toThrow("not valid");
});

test("a text longer than a piece comes back whole", () => {
  const list = [1, '\\"é'.repeat(50_000), { a: "x".repeat(200_000) }];
  expect(read(JSON.stringify(list), 100, 999)).toEqual(list);
});
