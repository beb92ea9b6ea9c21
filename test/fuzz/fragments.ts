import * as fc from "fast-check";
import { type Json, parseJson } from "../../lib/core/json.ts";
import { anyJson, anyText } from "../support/any-json.ts";

/** Keys that lead to a prototype where somebody forgot to ask whose property it is. */
export const prototypeKeys = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "valueOf",
  "hasOwnProperty",
  "__defineGetter__",
];

const names = fc.constantFrom(
  "a",
  "b",
  "c",
  "input",
  "state",
  "request",
  "error",
  "0",
  "1",
  "7",
  "99999999999",
  "é",
  ...prototypeKeys,
);

/** Text that some part of the product would evaluate, if it looked at inserted text again. */
export const evaluable = fc.oneof(
  fc.constantFrom(
    "${env:SECRET}",
    "${a}",
    "$${a}",
    "$",
    "${",
    "${state}",
    "${__proto__}",
    "' OR Name != '",
    "\\' OR '",
    "%_\\",
    "!!js/function 'x'",
    "*anchor",
    "<<: *a",
    "{{a}}",
    "`${a}`",
    "\\(env)",
    "$ENV.PATH",
    "<script>",
    "../../",
    "#?&/@:",
    "\r\nX: y",
  ),
  anyText,
);

const soundSegment = fc.oneof(
  names.map((name) => `.${name}`),
  fc.oneof(names, anyText).map((name) => `["${name.replace(/["\\]/g, "\\$&")}"]`),
  fc.nat(12).map((index) => `[${index}]`),
);
const oddSegment = fc
  .tuple(
    fc.constantFrom(".", "[", '["', "['", "", ".."),
    fc.oneof(names, anyText),
    fc.constantFrom("", "]", '"]', "']", " "),
  )
  .map((parts) => parts.join(""));

/** A path as files write it, now and then with something odd in it. */
export const pathText = fc
  .array(fc.oneof({ weight: 9, arbitrary: soundSegment }, { weight: 1, arbitrary: oddSegment }), {
    minLength: 1,
    maxLength: 6,
  })
  .map((segments) => segments.join("").replace(/^\.(?=[^.])/, ""));

/** A state, with keys that a prototype has too. */
export const anyState: fc.Arbitrary<Json> = fc.oneof(
  anyJson,
  fc.constantFrom<Json>(
    { a: { b: [1, { c: "x" }] }, b: null },
    { a: "${b}", b: "${env:SECRET}" },
    parseJson('{"__proto__":{"a":1},"constructor":{"prototype":{"b":2}},"a":{"__proto__":[3]},"toString":4}'),
    [],
  ),
);

/** Replaces pieces of a text. */
export function mutated(text: string, pieces: readonly string[]): fc.Arbitrary<string> {
  const change = fc.record({
    at: fc.nat(text.length),
    length: fc.nat(30),
    piece: fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 5 })),
  });
  return fc
    .array(change, { minLength: 1, maxLength: 4 })
    .map((changes) =>
      changes.reduce((now, { at, length, piece }) => now.slice(0, at) + piece + now.slice(at + length), text),
    );
}
