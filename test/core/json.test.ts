import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  compareNumbers,
  formatJson,
  isExactNumber,
  type Json,
  jsonEquals,
  parseJson,
} from "../../lib/core/json.ts";

describe("numbers survive", () => {
  test.each([
    "9007199254740993",
    "-12345678901234567890",
    "0.1234567890123456789",
    "1e400",
    "123456789012345678e-3",
  ])("%s comes out as it went in", (digits) => {
    expect(formatJson(parseJson(`{"n":[${digits}]}`))).toBe(`{"n":[${digits}]}`);
  });

  test.each(["9007199254740992", "1e21", "1.5", "-0.25", "1000000000000000", "5e-324"])(
    "%s is an ordinary number",
    (digits) => {
      expect(parseJson(digits)).toBe(Number(digits));
    },
  );

  test("every JSON document comes out with the same value", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(JSON.parse(formatJson(parseJson(text)))).toEqual(JSON.parse(text));
      }),
    );
  });

  test("every integer keeps its digits", () => {
    fc.assert(
      fc.property(fc.bigInt(), (integer) => {
        expect(formatJson(parseJson(String(integer)))).toBe(String(integer));
      }),
    );
  });
});

describe("equality", () => {
  test.each([
    ['{"a":1,"b":[2]}', '{"b":[2],"a":1}', true],
    ["9007199254740993", "9007199254740993", true],
    ["9007199254740993", "9007199254740992", false],
    ["[1]", '{"0":1}', false],
    ["null", "0", false],
    ['{"a":null}', "{}", false],
  ])("%s and %s: %p", (a, b, same) => {
    expect(jsonEquals(parseJson(a), parseJson(b))).toBe(same);
  });

  test("nothing equals a missing value", () => {
    expect([jsonEquals(undefined, null), jsonEquals(null, undefined)]).toEqual([false, false]);
  });
});

test("large integers are ordered exactly", () => {
  const [small, large] = [parseJson("9007199254740992"), parseJson("9007199254740993")] as [
    number,
    { rawJSON: string },
  ];
  expect(isExactNumber(large)).toBe(true);
  expect([compareNumbers(small, large), compareNumbers(large, small), compareNumbers(large, large)]).toEqual([
    -1, 1, 0,
  ]);
});

test("a key named __proto__ is a key like any other", () => {
  const value = parseJson('{"__proto__":{"x":1}}') as { [key: string]: Json };
  expect(Object.keys(value)).toEqual(["__proto__"]);
  expect(formatJson(value)).toBe('{"__proto__":{"x":1}}');
});
