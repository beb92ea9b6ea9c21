import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  type Condition,
  conditionSchema,
  conditionsHold,
  OPERATORS,
  type Operator,
} from "../../lib/core/condition.ts";
import { type Json, parseJson } from "../../lib/core/json.ts";
import { parsePath, readPath } from "../../lib/core/path.ts";

const over = (state: Json) => ({
  read: (field: string) => readPath(state, parsePath(field)),
  render: (value: Json) => value,
});
const holds = (state: Json, op: Operator, value?: Json) =>
  conditionsHold([{ field: "f", op, ...(value !== undefined && { value }) }], over(state));

describe("order", () => {
  test.each<[Json, Operator, Json, boolean]>([
    [2, "lt", 10, true],
    ["2", "lt", "10", true],
    ["2", "lt", 10, true],
    ["b", "gt", "a", true],
    ["b", "gt", 1, false],
    [null, "lt", 1, false],
    [[1], "gt", 0, false],
    ["\u{1F600}", "gt", "\u{FFFF}", true],
    ["ab", "gt", "a", true],
    ["1e3", "eq", 1000, false],
    ["1e3", "gte", 1000, true],
  ])("%j %s %j: %p", (field, op, value, expected) => {
    expect(holds({ f: field }, op, value)).toBe(expected);
  });

  test("integers beyond 2^53 are told apart", () => {
    const [small, large] = [parseJson("9007199254740992"), parseJson("9007199254740993")];
    expect([holds({ f: large }, "gt", small), holds({ f: small }, "eq", large)]).toEqual([true, false]);
  });
});

test("a pattern runs in linear time", () => {
  const started = performance.now();
  holds({ f: `${"a".repeat(50_000)}!` }, "matches", "^(a+)+$");
  expect(performance.now() - started).toBeLessThan(5_000);
});

test("an operator and its opposite never agree, except where both need a list", () => {
  const opposites: [Operator, Operator][] = [
    ["eq", "ne"],
    ["contains", "not_contains"],
    ["exists", "not_exists"],
    ["empty", "not_empty"],
  ];
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (field, value) => {
      for (const [one, other] of opposites) {
        if (one === "exists")
          expect(holds({ f: field as Json }, one)).toBe(!holds({ f: field as Json }, other));
        else
          expect(holds({ f: field as Json }, one, value as Json)).toBe(
            !holds({ f: field as Json }, other, value as Json),
          );
      }
    }),
  );
});

test("no values of any kind make a condition throw, patterns excepted", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(...OPERATORS), fc.jsonValue(), (field, op, value) => {
      fc.pre(op !== "matches");
      expect(typeof holds({ f: field as Json }, op, value as Json)).toBe("boolean");
    }),
  );
});

test("combinations nest, and operator is another spelling of op", () => {
  const condition = conditionSchema.parse({
    any: [{ not: { field: "f", operator: "eq", value: 1 } }, { all: [] }],
  }) as Condition;
  expect(conditionsHold([condition], over({ f: 1 }))).toBe(true);
});
