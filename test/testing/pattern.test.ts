import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { type Json, parseJson } from "../../lib/core/json.ts";
import { fits, mismatches } from "../../lib/testing/pattern.ts";

describe("a value fits", () => {
  test.each<[string, Json, Json | undefined]>([
    ["itself", { a: [1, { b: null }] }, { a: [1, { b: null }] }],
    ["a mapping with fewer keys", { a: { b: 1 } }, { a: { b: 1, c: 2 }, d: 3 }],
    ["a list of as many patterns", [{ a: 1 }, 2], [{ a: 1, b: 2 }, 2]],
    ["the same digits", parseJson("9007199254740993"), parseJson("9007199254740993")],
    ["$any when there is a value", { a: { $any: true } }, { a: null }],
    ["$absent when there is none", { a: { $absent: true } }, {}],
    ["$equals", { $equals: { a: 1 } }, { a: 1 }],
    ["$not", { $not: { a: 1 } }, { a: 2 }],
    ["$one_of", { $one_of: [1, { a: 1 }] }, { a: 1, b: 2 }],
    ["$matches anywhere in a text", { $matches: "^a.c" }, "abcd"],
    ["$contains of a text", { $contains: "b" }, "abc"],
    ["$contains of a list", { $contains: { id: 2 } }, [{ id: 1 }, { id: 2, x: 1 }]],
    [
      "$length of a list, a text, a mapping",
      [{ $length: 2 }, { $length: 1 }, { $length: 0 }],
      [[1, 2], "😀", {}],
    ],
    ["$length within bounds", { $length: { $gte: 1, $lt: 3 } }, [1, 2]],
    [
      "$type",
      [{ $type: "text" }, { $type: "null" }, { $type: "list" }, { $type: "mapping" }],
      ["a", null, [], {}],
    ],
    ["$type number for many digits", { $type: "number" }, parseJson("9007199254740993")],
    ["bounds", { $gt: 1, $lte: 2 }, 2],
    ["bounds of many digits", { $gt: parseJson("9007199254740992") }, parseJson("9007199254740993")],
  ])("%s", (_name, pattern, found) => {
    expect(mismatches(pattern, found)).toEqual([]);
  });
});

describe("a value does not fit", () => {
  test.each<[string, Json, Json | undefined, string]>([
    ["another value", { a: { b: 1 } }, { a: { b: 2 } }, "a.b: 1, got 2"],
    ["a key that is missing", { a: { b: 1 } }, { a: {} }, "a.b: 1, got nothing"],
    ["a longer list, as a whole", { a: [1] }, { a: [1, 2] }, "a: [1], got [1,2]"],
    ["another kind", { a: { b: 1 } }, { a: [1] }, 'a: {"b":1}, got [1]'],
    ["a number as text", { a: 1 }, { a: "1" }, 'a: 1, got "1"'],
    [
      "one digit",
      parseJson("9007199254740993"),
      parseJson("9007199254740992"),
      ": 9007199254740993, got 9007199254740992",
    ],
    ["$any without a value", { a: { $any: true } }, {}, 'a: {"$any":true}, got nothing'],
    ["$absent with a value", { a: { $absent: true } }, { a: null }, 'a: {"$absent":true}, got null'],
    [
      "$equals with one key more",
      { $equals: { a: 1 } },
      { a: 1, b: 2 },
      ': {"$equals":{"a":1}}, got {"a":1,"b":2}',
    ],
    ["one of several matchers", { $gt: 1, $lt: 2 }, 2, ': {"$gt":1,"$lt":2}, got 2'],
    ["bounds of a text", { $gt: 1 }, "2", ': {"$gt":1}, got "2"'],
    ["an inherited key", { constructor: { $any: true } }, {}, 'constructor: {"$any":true}, got nothing'],
  ])("%s", (_name, pattern, found, said) => {
    expect(
      mismatches(pattern, found).map(
        ({ path, ...one }) => `${path.join(".")}: ${one.expected}, got ${one.found}`,
      ),
    ).toEqual([said]);
  });
});

test("every JSON value without $ keys fits itself, and $not never agrees with its pattern", () => {
  const json = fc.jsonValue().filter((value) => !JSON.stringify(value).includes('"$')) as fc.Arbitrary<Json>;
  fc.assert(
    fc.property(json, json, (pattern, found) => {
      expect(fits(pattern, pattern)).toBe(true);
      expect(fits({ $not: pattern }, found)).toBe(!fits(pattern, found));
    }),
  );
});
