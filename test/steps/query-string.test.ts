import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { withQuery } from "../../lib/steps/query-string.ts";

test.each([
  ["https://a.test", {}, "https://a.test"],
  ["https://a.test", { a: null, b: [] }, "https://a.test"],
  ["https://a.test/x", { a: 1 }, "https://a.test/x?a=1"],
  ["https://a.test/x?", { a: 1 }, "https://a.test/x?a=1"],
  ["https://a.test/x?y=1&", { a: 1 }, "https://a.test/x?y=1&a=1"],
  ["https://a.test/x?y=1#z?", { a: 1 }, "https://a.test/x?y=1&a=1#z?"],
  [
    "https://a.test/x",
    { "a&b": ["x", null, { c: 1 }, [2]] },
    "https://a.test/x?a%26b=x&a%26b=%7B%22c%22%3A1%7D&a%26b=%5B2%5D",
  ],
])("%s with %j is %s", (url, query, expected) => {
  expect(withQuery(url, query)).toBe(expected);
});

test("any text comes out as it went in", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme", minLength: 1 }),
      fc.string({ unit: "grapheme" }),
      (key, value) => {
        const url = new URL(withQuery("https://a.test/x?first=1", { [`k${key}`]: value }));
        expect([...url.searchParams]).toEqual([
          ["first", "1"],
          [`k${key}`, value],
        ]);
      },
    ),
  );
});
