import { describe, expect, test } from "@jest/globals";
import conditions from "dynalite/db/conditionParser.js";
import updates from "dynalite/db/updateParser.js";
import fc from "fast-check";
import { type Parse, type ParseContext, parseOnce } from "../../lib/local/parse-once.ts";

const NAMES = ["#pk", "#status", "#until"];
const VALUES = [":one", ":two"];

/** What dynalite hands over with an expression; each value is an object of its own. */
function contextOf(values: readonly object[]): ParseContext {
  const named = Object.fromEntries(VALUES.map((name, n) => [name, { ...values[n] }]));
  return {
    attrNames: Object.fromEntries(NAMES.map((name) => [name, name.slice(1)])),
    attrVals: named as ParseContext["attrVals"] & object,
    unusedAttrNames: Object.fromEntries(NAMES.map((name) => [name, true as const])),
    unusedAttrVals: Object.fromEntries(VALUES.map((name) => [name, true as const])),
    ...{
      isReserved: (name: string) => name === "size",
      compare: (_gt: string, a: { N: string }, b: { N: string }) => Number(a.N) > Number(b.N),
    },
  };
}

function outcomeOf(parse: Parse, expression: string, context: ParseContext) {
  const told = (() => {
    try {
      return parse(expression, { context });
    } catch (error) {
      return String(error);
    }
  })();
  const { unusedAttrNames, unusedAttrVals } = context;
  return { told, unusedAttrNames, unusedAttrVals };
}

const operand = fc.constantFrom(
  ...NAMES,
  ...VALUES,
  "size(#pk)",
  "if_not_exists(#pk, :one)",
  "#until.#pk",
  "#no",
  ":no",
);
const term = fc.oneof(
  fc.tuple(operand, fc.constantFrom("=", "<>", "<", ">="), operand).map((parts) => parts.join(" ")),
  fc.tuple(operand, operand, operand).map(([a, b, c]) => `${a} BETWEEN ${b} AND ${c}`),
  fc.tuple(operand, operand, operand).map(([a, b, c]) => `${a} IN (${b}, ${c})`),
  operand.map((a) => `attribute_exists(${a})`),
  fc.tuple(operand, operand).map(([a, b]) => `attribute_type(${a}, ${b})`),
  fc.tuple(operand, operand).map(([a, b]) => `begins_with(${a}, ${b})`),
);
const condition = fc
  .array(fc.tuple(term, fc.constantFrom(" AND ", " OR ", " AND NOT ", " AND (")), {
    minLength: 1,
    maxLength: 4,
  })
  .map((terms) => terms.map(([text, joint], n) => (n === 0 ? text : `${joint}${text}`)).join(""));
const update = fc
  .array(fc.tuple(fc.constantFrom("SET", "REMOVE", "ADD", ","), operand, operand, operand), {
    minLength: 1,
    maxLength: 3,
  })
  .map((parts) =>
    parts
      .map(([verb, a, b, c]) => (verb === "REMOVE" ? `${verb} ${a}` : `${verb} ${a} = ${b} + ${c}`))
      .join(" "),
  );
const value = fc.oneof(
  fc.constantFrom("S", "N", "BOOL", "or a text that is long", "").map((S) => ({ S })),
  fc.integer().map((n) => ({ N: String(n) })),
  fc.constantFrom({ SS: ["a"] }, { NULL: true }, { M: { S: { S: "S" } } }, { L: [{ N: "1" }] }),
);

describe.each([
  ["conditions", conditions.parse, condition],
  ["updates", updates.parse, update],
] as const)("parsing %s once", (_which, parse, expressions) => {
  test("gives what parsing them each time gives, whatever their values are", () => {
    const once = parseOnce(parse);
    fc.assert(
      fc.property(
        expressions,
        fc.array(fc.tuple(value, value), { minLength: 2, maxLength: 6 }),
        (text, requests) => {
          for (const values of requests)
            expect(outcomeOf(once, text, contextOf(values))).toEqual(
              outcomeOf(parse, text, contextOf(values)),
            );
        },
      ),
      { numRuns: 500 },
    );
  });
});

test.each([
  [
    "attribute_type(#pk, :one) AND #until = :two",
    [{ S: "N" }, { S: "X" }],
    /Invalid attribute type name found/,
  ],
  ["#until BETWEEN :one AND :two", [{ N: "1" }, { N: "3" }], /upper bound to be greater/],
])("%s is right with one value and wrong with another of its type", (text, [right, wrong], mistake) => {
  const once = parseOnce(conditions.parse);
  const two = { N: "2" };
  expect(typeof outcomeOf(once, text, contextOf([right as object, two])).told).toBe("object");
  expect(outcomeOf(once, text, contextOf([wrong as object, two])).told).toMatch(mistake);
});

test("an expression that was parsed is not parsed again for other values of the same types, and none shares what is written into it", () => {
  let parsed = 0;
  const once = parseOnce((expression, options) => {
    parsed += 1;
    return conditions.parse(expression, options);
  });
  const text = "attribute_exists(#pk) AND #status = :one";
  const trees = ["a long text", "another text", "a third text"].map((S) =>
    once(text, { context: contextOf([{ S }, { N: "1" }]) }),
  ) as { expression: { args: { args: unknown[] }[] } }[];
  expect(parsed).toBe(1);
  trees[1]?.expression.args[1]?.args.pop();
  expect(trees.map((tree) => JSON.stringify(tree)).map((tree) => /\{"S":"([^"]*)"/.exec(tree)?.[1])).toEqual([
    "a long text",
    undefined,
    "a third text",
  ]);
});
