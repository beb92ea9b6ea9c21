import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { findJsonError } from "../../lib/core/json-error.ts";

describe("text is JSON here exactly where it is to the engine", () => {
  const agrees = (text: string): void => expect([text, !findJsonError(text)]).toEqual([text, isJson(text)]);

  test("with each UTF-16 unit in a string", () => {
    for (let unit = 0; unit < 0x10000; unit += 1) {
      const text = `{"x":"${String.fromCharCode(unit)}"}`;
      if (!findJsonError(text) !== isJson(text)) agrees(text);
    }
  });

  test("whatever the text", () => {
    const piece = fc.constantFrom("{", "}", "[", "]", ",", ":", '"a"', '"', "\\", "0", "-1.5e3", "null", " ");
    fc.assert(fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => agrees(pieces.join(""))));
    fc.assert(fc.property(fc.json(), agrees));
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
