import * as fc from "fast-check";
import { type Json, parseJson } from "../../lib/core/json.ts";

const KEYS = [
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "",
  "2",
  "10",
  "length",
  "a.b",
  "\ud800",
  "\0",
];

/** Text of any kind: halves of surrogate pairs, NUL and everything else that a string can hold. */
export const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom("\ud800", "\udc00", "\0", "a") }),
);

/** Numbers as their digits, most of which no double holds. */
const anyNumber = fc.oneof(
  fc.bigInt().map(String),
  fc.tuple(fc.bigInt(), fc.bigInt({ min: 0n })).map(([whole, fraction]) => `${whole}.${fraction}1`),
  fc
    .tuple(fc.integer(), fc.integer({ min: -999, max: 999 }))
    .map(([digits, exponent]) => `${digits}e${exponent}`),
  fc.constantFrom("0.1000000000000000055511151231257827", "1e400", "-1e-400", "9007199254740993", "5e-324"),
);

/** Any JSON value, with exact numbers, any text, and keys that a prototype has too. */
export const anyJson: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(null, true, false),
    anyText,
    anyNumber.map(parseJson),
    fc.array(tie("value"), { maxLength: 4 }),
    fc
      .array(fc.tuple(fc.oneof(fc.constantFrom(...KEYS), anyText), tie("value")), { maxLength: 4 })
      .map((entries) => Object.fromEntries(entries) as Json),
  ),
})).value;
