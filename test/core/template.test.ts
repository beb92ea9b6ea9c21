import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Json, JsonObject } from "../../lib/core/json.ts";
import { readPath } from "../../lib/core/path.ts";
import {
  type Lookup,
  parseTemplate,
  placeholdersIn,
  renderDeep,
  renderTemplate,
} from "../../lib/core/template.ts";

function lookup(state: JsonObject, env: { [name: string]: string } = {}): Lookup & { missed: string[] } {
  const missed: string[] = [];
  return {
    missed,
    path: (path) => readPath(state, path),
    env: (name) => env[name],
    missing: (text) => missed.push(text),
  };
}
const render = (text: string, state: JsonObject = {}, env = {}): Json =>
  renderTemplate(parseTemplate(text), lookup(state, env));

describe("a template", () => {
  test.each<[string, JsonObject, Json]>([
    ["${ids}", { ids: [1, 2] }, [1, 2]],
    ["ids: ${ids}", { ids: [1, { a: null }] }, 'ids: [1,{"a":null}]'],
    ["${n}", { n: 7 }, 7],
    ["n=${n}, b=${b}, z=${z}.", { n: 7, b: true, z: null }, "n=7, b=true, z=."],
    ["${ a.b }", { a: { b: "x" } }, "x"],
    ["$${a}", { a: 1 }, "${a}"],
    ["$${a} ${a}", { a: 1 }, "${a} 1"],
    ["cost $5", {}, "cost $5"],
    ["", {}, ""],
    ["${a}${a}", { a: 1 }, "11"],
    ['${a["odd } key"]}', { a: { "odd } key": 1 } }, 1],
  ])("%s over %j is %j", (text, state, value) => {
    expect(render(text, state)).toEqual(value);
  });

  test.each<[string, Json]>([
    ["${x, dev}", "dev"],
    ["${x, 5}", 5],
    ["${x, 0x10}", 16],
    ["${x, .5}", 0.5],
    ["${x, true}", true],
    ["${x, null}", null],
    ["${x, }", null],
    ['${x, "a, }"}', "a, }"],
    ["${x, 'it''s'}", "it's"],
    ["${x, a, b}", "a, b"],
    ["${env:NAME, none}", "none"],
  ])("%s falls back to %j", (text, value) => {
    expect(render(text)).toEqual(value);
  });

  test("a default stands in for null, not for false, 0 or empty text", () => {
    expect(
      ["${a, x}", "${b, x}", "${c, x}", "${d, x}"].map((text) =>
        render(text, { a: null, b: false, c: 0, d: "" }),
      ),
    ).toEqual(["x", false, 0, ""]);
  });

  test("what resolves to nothing is null, or nothing inside text, and is reported", () => {
    const here = lookup({});
    expect(renderDeep(["${a.b}", "<${c}>", "${env:NAME}"], here)).toEqual([null, "<>", null]);
    expect(here.missed).toEqual(["a.b", "c", "env:NAME"]);
  });

  test.each(["${", "${a", "text ${a.b", "${}", "${a b.}", "${env:}", "${env:a-b}", '${a, "x}'])(
    "%p is refused",
    (text) => {
      expect(() => parseTemplate(text)).toThrow(expect.objectContaining({ class: "config_error" }));
    },
  );

  test("keys are not templated", () => {
    expect(renderDeep({ "${a}": "${a}" }, lookup({ a: 1 }))).toEqual({ "${a}": 1 });
  });

  test("a value without placeholders is the same value", () => {
    expect(renderDeep("text", lookup({}))).toBe("text");
  });
});

describe("inserted text", () => {
  test("is never looked at again", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.constantFrom("${secret}", "${env:KEY}", "$${x}", "${a}")),
        (text) => {
          const state = { a: text, secret: "leaked" };
          expect(render("${a}", state, { KEY: "leaked" })).toBe(text);
          expect(render("<${a}>", state, { KEY: "leaked" })).toBe(`<${text}>`);
        },
      ),
    );
  });

  test("no text of any kind throws anything but a config_error", () => {
    const piece = fc.oneof(fc.string(), fc.constantFrom("${", "}", "$", "${a", ", ", '"', "env:", "["));
    fc.assert(
      fc.property(
        fc.array(piece).map((pieces) => pieces.join("")),
        (text) => {
          try {
            render(text, { a: 1 });
          } catch (error) {
            expect(error).toMatchObject({ class: "config_error" });
          }
        },
      ),
    );
  });
});

test("every placeholder inside a value is found", () => {
  const texts = [...placeholdersIn({ a: ["${b}", { c: "x ${d, 1} ${env:E}" }], n: 1 })].map(
    ({ text }) => text,
  );
  expect(texts).toEqual(["b", "d, 1", "env:E"]);
});
