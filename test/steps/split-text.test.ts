import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { splitText } from "../../lib/steps/split-text.ts";

const words = (text: string) => text.split(/\s+/u).filter((word) => word !== "");
const text = fc
  .array(
    fc.tuple(
      fc.stringMatching(/^[a-z]{1,6}[.!?,]?"?$/),
      fc.constantFrom(" ", "  ", "\n", "\r\n", "\n\n", " \n\t\n", "\t", "\u00a0"),
    ),
    { maxLength: 200 },
  )
  .map((parts) => parts.flat().join(""));
const options = fc
  .tuple(fc.integer({ min: 1, max: 40 }), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }))
  .map(([size, part]) => ({ size, overlap: Math.min(Math.round(size * part), size - 1) }));

describe("a text in chunks", () => {
  test("has every word, in order, once the overlaps are taken off", () =>
    fc.assert(
      fc.property(text, options, (whole, { size, overlap }) => {
        const chunks = [...splitText(whole, { size, overlap })].map(words);
        expect(chunks.flatMap((chunk, index) => (index === 0 ? chunk : chunk.slice(overlap)))).toEqual(
          words(whole),
        );
      }),
    ));

  test("has no chunk over the size, none without words, and none that only repeats", () =>
    fc.assert(
      fc.property(text, options, (whole, { size, overlap }) => {
        const chunks = [...splitText(whole, { size, overlap })].map(words);
        for (const [index, chunk] of chunks.entries()) {
          expect(chunk.length).toBeLessThanOrEqual(size);
          expect(chunk.length).toBeGreaterThan(index === 0 ? 0 : overlap);
        }
      }),
    ));

  test("repeats exactly the words asked for", () =>
    fc.assert(
      fc.property(text, options, (whole, { size, overlap }) => {
        const chunks = [...splitText(whole, { size, overlap })].map(words);
        for (const [index, chunk] of chunks.slice(1).entries())
          expect(chunk.slice(0, overlap)).toEqual(overlap === 0 ? [] : chunks[index]?.slice(-overlap));
      }),
    ));

  test("is made of pieces of the text as they stand", () =>
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), options, (whole, asked) => {
        for (const chunk of splitText(whole, asked)) {
          expect(whole.includes(chunk)).toBe(true);
          expect(chunk).toBe(chunk.trim());
        }
      }),
    ));

  test("every chunk but the last is at least half full", () =>
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 40 }), (whole, size) => {
        const chunks = [...splitText(whole, { size, overlap: 0 })].map(words);
        for (const chunk of chunks.slice(0, -1)) expect(chunk.length * 2).toBeGreaterThanOrEqual(size);
      }),
    ));
});
