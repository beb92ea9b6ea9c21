import { describe, expect, test } from "@jest/globals";
import type { Json } from "../../lib/core/json.ts";
import { parseTemplate, renderTemplate } from "../../lib/core/template.ts";
import { checkValue, LARGEST_VALUE } from "../../lib/core/value-limits.ts";

/** A list of two, each of which is the list before: `times` levels, 2 to the `times` places. */
const doubled = (times: number, value: Json): Json =>
  times === 0 ? value : ((half: Json) => [half, half])(doubled(times - 1, value));
const refused = (message: string) =>
  expect.objectContaining({ class: "invalid_output", message: expect.stringContaining(message) });

describe("a result", () => {
  test("of 50 MB passes, as one text or as many values", () => {
    checkValue("x".repeat(50_000_000));
    checkValue(Array.from({ length: 5_000_000 }, (_none, index) => index));
    checkValue({ rows: Array.from({ length: 50 }, () => ({ text: "y".repeat(1_000_000) })) });
  });

  test("that is larger is refused, however it comes about", () => {
    expect(() => checkValue("x".repeat(LARGEST_VALUE))).toThrow(refused("more than 64 MB"));
    expect(() => checkValue({ ["k".repeat(LARGEST_VALUE)]: 1 })).toThrow(refused("more than 64 MB"));
    expect(() => checkValue(doubled(1_000, "x"))).toThrow(refused("more than 64 MB"));
  });

  test("that nests too deeply is refused", () => {
    const nested = (levels: number): Json => (levels === 0 ? 1 : [nested(levels - 1)]);
    checkValue(nested(2_000));
    expect(() => checkValue(nested(2_001))).toThrow(refused("nests more than 2000 levels"));
  });
});

test("a text that a template makes too long is refused before it is made", () => {
  const lookup = { path: () => "x".repeat(1_000_000), env: () => undefined, missing: () => {} };
  const template = parseTemplate("${x}".repeat(250_000));
  expect(() => renderTemplate(template, lookup)).toThrow(
    expect.objectContaining({ class: "invalid_input", message: expect.stringContaining("more than 64 MB") }),
  );
});
