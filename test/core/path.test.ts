import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Json } from "../../lib/core/json.ts";
import { deletePath, formatPath, parsePath, readPath, writePath } from "../../lib/core/path.ts";

describe("a path", () => {
  test.each([
    ["a.b", ["a", "b"]],
    ["a.0.b", ["a", "0", "b"]],
    ["a[0].b", ["a", "0", "b"]],
    ['a["odd key"].b', ["a", "odd key", "b"]],
    ['a["say \\"hi\\""]', ["a", 'say "hi"']],
    ["a['x.y']", ["a", "x.y"]],
    ["first name", ["first name"]],
    ["é.日本", ["é", "日本"]],
  ])("%s is read as %j", (text, keys) => {
    expect(parsePath(text)).toEqual(keys);
  });

  test.each(["", ".", "a.", ".a", "a..b", "a[", "a[x]", "a[0", 'a["x', "a]b", "${a}", "a[0]b", " a"])(
    "%p is none",
    (text) => {
      expect(() => parsePath(text)).toThrow(expect.objectContaining({ class: "config_error" }));
    },
  );

  test("written as text is read back as it was", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1 }), (keys) => {
        const path = keys.filter((key) => !key.includes("\n"));
        fc.pre(path.length > 0);
        expect(parsePath(formatPath(path))).toEqual(path);
      }),
    );
  });

  test("no text of any kind hangs or throws anything else", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parsePath(text);
        } catch (error) {
          expect(error).toMatchObject({ class: "config_error" });
        }
      }),
    );
  });
});

describe("reading", () => {
  const root: Json = { a: [{ b: 1 }], empty: null, "0": "zero" };
  test.each([
    ["a.0.b", 1],
    ["a[0]", { b: 1 }],
    ["empty", null],
    ["0", "zero"],
    ["a.1", undefined],
    ["a.b", undefined],
    ["a.length", undefined],
    ["empty.x", undefined],
    ["toString", undefined],
  ])("%s gives %j", (path, value) => {
    expect(readPath(root, parsePath(path))).toEqual(value);
  });

  test.each(["__proto__", "constructor", "prototype", "a.__proto__.x", "a.constructor"])(
    "%s never resolves",
    (path) => {
      const hostile = JSON.parse(
        '{"__proto__":1,"constructor":2,"prototype":3,"a":{"__proto__":{"x":1},"constructor":4}}',
      );
      expect(readPath(hostile, parsePath(path))).toBeUndefined();
    },
  );
});

describe("writing", () => {
  test.each([
    [{}, "a.b", { a: { b: 9 } }],
    [{ a: 1 }, "a.b", { a: { b: 9 } }],
    [{ a: [1, 2] }, "a.1", { a: [1, 9] }],
    [{ a: [1, 2] }, "a[2]", { a: [1, 2, 9] }],
    [{ a: { b: 1, c: 2 } }, "a.b", { a: { b: 9, c: 2 } }],
  ])("into %j at %s gives %j", (root, path, result) => {
    const before = structuredClone(root);
    expect(writePath(root as Json, parsePath(path), 9)).toEqual(result);
    expect(root).toEqual(before);
  });

  test.each([
    [{ a: [1] }, "a.5"],
    [{ a: [1] }, "a.x"],
    [{}, "__proto__.polluted"],
    [{}, "a.constructor"],
  ])("into %j at %s is refused", (root, path) => {
    expect(() => writePath(root as Json, parsePath(path), 9)).toThrow(
      expect.objectContaining({ class: "invalid_input" }),
    );
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test("what was written is read, whatever was there", () => {
    const key = fc
      .string({ minLength: 1 })
      .filter((text) => !["__proto__", "constructor", "prototype"].includes(text));
    fc.assert(
      fc.property(fc.dictionary(key, fc.integer()), fc.array(key, { minLength: 1 }), (root, path) => {
        expect(readPath(writePath(root, path, 9), path)).toBe(9);
      }),
    );
  });
});

describe("deleting", () => {
  test.each([
    [{ a: { b: 1, c: 2 } }, "a.b", { a: { c: 2 } }],
    [{ a: [1, 2, 3] }, "a.1", { a: [1, 3] }],
    [{ a: 1 }, "b.c", { a: 1 }],
  ])("from %j at %s leaves %j", (root, path, rest) => {
    expect(deletePath(root as Json, parsePath(path))).toEqual(rest);
  });
});
