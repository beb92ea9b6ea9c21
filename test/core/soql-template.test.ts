import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Json, JsonObject } from "../../lib/core/json.ts";
import { readPath } from "../../lib/core/path.ts";
import { renderSoql } from "../../lib/core/soql-template.ts";
import { parseTemplate } from "../../lib/core/template.ts";
import { parseSoql } from "../support/soql.ts";

function render(soql: string, state: JsonObject = {}, env: { [name: string]: string } = {}): string {
  return renderSoql(parseTemplate(soql), {
    path: (path) => readPath(state, path),
    env: (name) => env[name],
    missing: () => {},
  });
}

const refusal = expect.objectContaining({ class: "invalid_input" });

describe("inside a literal", () => {
  test.each<[Json, string]>([
    ["O'Brien", "Name = 'O\\'Brien'"],
    ["a\\", "Name = 'a\\\\'"],
    ["\\' OR Name != '", "Name = '\\\\\\' OR Name != \\''"],
    ["a\nb\r\tc\b\f", "Name = 'a\\nb\\r\\tc\\b\\f'"],
    ["\\u0027", "Name = '\\\\u0027'"],
    [12.5, "Name = '12.5'"],
    [true, "Name = 'true'"],
    [null, "Name = ''"],
    ["100 % _", "Name = '100 % _'"],
    ["\ud800", "Name = '\ufffd'"],
  ])("%j gives %s", (v, expected) => {
    expect(render("Name = '${v}'", { v })).toBe(expected);
  });

  test("behind LIKE a value's own wildcards match only themselves", () => {
    const soql = "Name LIKE '%${v}_${v}%' AND Title = '${v}'";
    expect(render(soql, { v: "50%_" })).toBe("Name LIKE '%50\\%\\__50\\%\\_%' AND Title = '50%_'");
  });

  test("any text stays one literal, which reads back as the text", () => {
    const hostile = fc.string({
      unit: fc.constantFrom("'", "\\", "%", "_", "\n", " OR ", "a", "(", "=", "${x}"),
    });
    fc.assert(
      fc.property(fc.oneof(hostile, fc.string({ unit: "binary" })), (v) => {
        const soql = render("SELECT Id FROM Contact WHERE Name = '${v}' AND Title = 'x' LIMIT 5", { v });
        const { holds, limit } = parseSoql(soql);
        expect(limit).toBe(5);
        expect(holds({ Name: v.toWellFormed(), Title: "x" })).toBe(true);
        expect(holds({ Name: `${v.toWellFormed()}!`, Title: "x" })).toBe(false);
        expect(holds({ Name: v.toWellFormed(), Title: "y" })).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  test("behind LIKE too", () => {
    const hostile = fc.string({ unit: fc.constantFrom("'", "\\", "%", "_", "a", "\n") });
    fc.assert(
      fc.property(hostile, (v) => {
        const { holds } = parseSoql(render("SELECT Id FROM Contact WHERE Name LIKE '${v}%'", { v }));
        expect(holds({ Name: `${v}x` })).toBe(true);
        expect(holds({ Name: `x${v}` })).toBe(`x${v}`.startsWith(v));
      }),
      { numRuns: 500 },
    );
  });

  test.each<[string, Json]>([
    ["Name = 'a\\${v}'", "' OR Name != '"],
    ["Id IN ('${v}')", ["a", "b"]],
    ["Name = '${v}'", { a: 1 }],
  ])("%s with %j is refused", (soql, v) => {
    expect(() => render(soql, { v })).toThrow(refusal);
  });
});

describe("outside a literal", () => {
  test.each<[string, Json, string]>([
    ["Amount > ${v}", 12.5, "Amount > 12.5"],
    ["Amount > ${v}", JSON.rawJSON("12345678901234567890"), "Amount > 12345678901234567890"],
    ["Active = ${v}", false, "Active = false"],
    ["Email = ${v}", null, "Email = null"],
    ["Due > ${v}", "2026-11-23", "Due > 2026-11-23"],
    ["Due > ${v}", "2026-11-23T10:20:30.123Z", "Due > 2026-11-23T10:20:30.123Z"],
    ["Due > ${v}", "2026-11-23T10:20:30+01:00", "Due > 2026-11-23T10:20:30+01:00"],
    ["SELECT ${v} FROM", "Account.My_Field__c", "SELECT Account.My_Field__c FROM"],
    ["Id = ${v}", "0015g00000XyZ12AAB", "Id = '0015g00000XyZ12AAB'"],
    ["Name = 'it\\'s' AND ${v} = 1", "Rank__c", "Name = 'it\\'s' AND Rank__c = 1"],
    ["Id IN (${v})", ["a'b", 1, null, true], "Id IN ('a\\'b',1,null,true)"],
    ["Id NOT IN ( 'x', ${v} )", ["2026-11-23"], "Id NOT IN ( 'x', '2026-11-23' )"],
    ["P INCLUDES (${v})", ["A;B"], "P INCLUDES ('A;B')"],
  ])("%s with %j is %s", (soql, v, expected) => {
    expect(render(soql, { v })).toBe(expected);
  });

  test.each<[string, Json]>([
    ["Name = ${v}", "O'Brien"],
    ["Name = ${v}", "a b"],
    ["Name = ${v}", "x' OR Name != 'y"],
    ["Name = ${v}", ""],
    ["Name = ${v}", "1 OR 1 = 1"],
    ["Due > ${v}", "2026-11-23 OR Id != null"],
    ["Due > ${v}", "2026-11-23\n"],
    ["SELECT ${v} FROM", "Id, Password__c"],
    ["SELECT ${v} FROM", "COUNT()"],
    ["SELECT ${v} FROM", "Id.."],
    ["Name = ${v}", { a: 1 }],
    ["Name = ${v}", ["a"]],
    ["Id IN (SELECT (${v}))", ["a"]],
    ["Id IN (${v})", []],
    ["Id IN (${v})", [["a"]]],
    ["Id IN (${v})", "a','b"],
  ])("%s with %j is refused", (soql, v) => {
    expect(() => render(soql, { v })).toThrow(refusal);
  });

  test("what resolves to nothing is refused, so that a comparison never becomes one with null", () => {
    expect(() => render("Email = ${email}")).toThrow("soql: ${email} resolves to nothing");
    expect(render("LIMIT ${n, 10}")).toBe("LIMIT 10");
  });

  test("names of the environment are values too", () => {
    expect(render("Owner = '${env:O}' LIMIT ${env:N}", {}, { O: "a'b", N: "Id" })).toBe(
      "Owner = 'a\\'b' LIMIT Id",
    );
    expect(() => render("LIMIT ${env:N}", {}, { N: "5 OFFSET 2" })).toThrow(refusal);
  });

  test("whatever is let through adds no token but its own", () => {
    const anything = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom("a", "1", ".", "-", "'", " ", ")", "T", ":") }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.array(fc.oneof(fc.string(), fc.integer())),
      fc.object(),
    );
    fc.assert(
      fc.property(anything, (v) => {
        let soql: string;
        try {
          soql = render("${v}|", { v: v as Json });
        } catch (error) {
          expect(error).toEqual(refusal);
          return;
        }
        expect(soql).toMatch(/^(?:[\w.:+-]+|'[A-Za-z0-9]+')\|$/);
      }),
      { numRuns: 1_000 },
    );
  });

  test("a list of any texts is a list of literals", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" }), { minLength: 1, maxLength: 5 }), (v) => {
        const { holds } = parseSoql(render("SELECT Id FROM Contact WHERE Name IN (${v})", { v }));
        for (const item of v) expect(holds({ Name: item.toWellFormed() })).toBe(true);
        expect(holds({ Name: `${v.join("")}!` })).toBe(
          v.map((item) => item.toWellFormed()).includes(`${v.join("")}!`),
        );
      }),
    );
  });
});

test("a whole-value placeholder is the query itself", () => {
  expect(render("${q}", { q: "SELECT Id FROM Contact WHERE Name = 'x'" })).toBe(
    "SELECT Id FROM Contact WHERE Name = 'x'",
  );
});
