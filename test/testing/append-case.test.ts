import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { type Json, type JsonObject, parseJson } from "../../lib/core/json.ts";
import { appendCase } from "../../lib/testing/record/append-case.ts";
import { loadTestFile } from "../../lib/testing/test-file.ts";

const file = "a.test.yaml";
const one: JsonObject = { name: "new", given: { event: { a: 1 } } };
const added = `# From a run
- name: new
  given:
    event:
      a: 1`;
const indented = added.replaceAll(/^/gm, "  ");

describe("a case is added", () => {
  test("to a new file", () => {
    expect(appendCase(undefined, file, one, "From a run")).toBe(`cases:\n${indented}\n`);
  });

  test.each([
    ["behind the last one", "cases:\n  - name: old\n", `cases:\n  - name: old\n\n${indented}\n`],
    ["as far in as the others", "cases:\n- name: old\n", `cases:\n- name: old\n\n${added}\n`],
    [
      "behind a comment on the last line",
      "cases:\n  - name: old # x\n",
      `cases:\n  - name: old # x\n\n${indented}\n`,
    ],
    [
      "behind a block of text",
      "cases:\n  - name: old\n    given:\n      body: |\n        a\n\n",
      `cases:\n  - name: old\n    given:\n      body: |\n        a\n\n${indented}\n\n`,
    ],
    [
      "before other keys, and every comment stays",
      "# top\ncases:\n  # first\n  - name: old\n# end\ndefaults: {} # d\n",
      `# top\ncases:\n  # first\n  - name: old\n\n${indented}\n# end\ndefaults: {} # d\n`,
    ],
    [
      "where the file's last line has no end",
      "cases:\n  - name: old",
      `cases:\n  - name: old\n\n${indented}\n`,
    ],
  ])("%s", (_name, before, after) => {
    expect(appendCase(before, file, one, "From a run")).toBe(after);
  });

  test.each(["a: 1\n", "cases: [{ name: x }]\n", "cases: []\n", "cases:\n  - : :\n - x\n", "- 1\n"])(
    "to %j not at all",
    (text) => {
      expect(() => appendCase(text, file, one, "c")).toThrow('has no list "cases:"');
    },
  );
});

test("numbers of many digits, shared values and odd texts come back as they were", () => {
  const shared = { n: parseJson("12345678901234567890") };
  const event = {
    a: shared,
    b: shared,
    d: parseJson("0.1234567890123456789"),
    t: ["no", "1", "a: b", "# c", "\n"],
  };
  const text = appendCase(undefined, file, { name: "x", given: { event } }, "c");
  expect(text).not.toContain("&");
  const loaded = loadTestFile(text, file);
  expect(loaded).toMatchObject({ test: { cases: [{ given: { event } }] }, problems: [] });
});

test("any event comes back as it was", () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }) as fc.Arbitrary<Json>, (event) => {
      fc.pre(!JSON.stringify(event).includes("__proto__"));
      const loaded = loadTestFile(appendCase(undefined, file, { name: "x", given: { event } }, "c"), file);
      const given = "test" in loaded ? loaded.test.cases[0]?.given.event : loaded;
      expect(JSON.stringify(given)).toBe(JSON.stringify(event));
    }),
  );
});
