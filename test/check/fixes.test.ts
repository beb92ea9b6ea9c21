import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parse } from "yaml";
import { applyFixes } from "../../lib/language/check/apply-fixes.ts";
import { checkWorkflow } from "../../lib/language/check/check-workflow.ts";
import { fixWorkflow } from "../../lib/language/check/fix-workflow.ts";

const read = (name: string) => parse(readFileSync(new URL(name, import.meta.url), "utf8"));
const rows: readonly { says: string; before: string; after: string }[] = read("fixes.yaml");
const fixed = async (text: string) => (await fixWorkflow(text, "flow.yaml")).text;
const errors = async (text: string) =>
  (await checkWorkflow(text, "flow.yaml")).problems.filter(({ severity }) => severity === "error").length;

describe("a fix changes what is wrong and nothing else", () => {
  test.each(rows)("$says", async ({ before, after }) => {
    expect(await fixed(before)).toBe(after);
  });

  test.each(rows)("the second time there is nothing to do: $says", async ({ after }) => {
    expect(await fixed(after)).toBe(after);
  });

  test("line ends stay as they are, and so does a byte order mark", async () => {
    const before = "\uFEFFsteps:\r\n  - type: http_call\r\n    url: https://api.example.com/a\r\n";
    expect(await fixed(before)).toBe(
      "\uFEFFsteps:\r\n  - type: http_call\r\n    retries: 3\r\n    url: https://api.example.com/a\r\n",
    );
  });

  test("no file has more errors for it, and no fix is left", async () => {
    const corpus = [
      ...read("broken-files.yaml"),
      ...read("good-files.yaml"),
      ...read("../loader/broken-files.yaml"),
    ];
    for (const { file, path = "flow.yaml" } of corpus) {
      const { text, problems } = await fixWorkflow(file, path);
      expect(await errors(text)).toBeLessThanOrEqual(await errors(file));
      expect(problems.filter(({ fix }) => fix)).toEqual([]);
    }
  });
});

test("edits apply from the back, and of two that overlap only the first", () => {
  const edits = fc.array(fc.tuple(fc.nat(40), fc.nat(5), fc.string({ maxLength: 3 })), { maxLength: 8 });
  fc.assert(
    fc.property(fc.string({ minLength: 50, maxLength: 60 }), edits, (text, wanted) => {
      const fixes = wanted.map(([at, length, put]) => ({
        title: "",
        edits: [{ at, end: at + length, text: put }],
      }));
      const { text: after, applied } = applyFixes(text, fixes);
      const grown = applied
        .flatMap((one) => one.edits)
        .reduce((sum, { at, end, text: put }) => sum + put.length - (end - at), 0);
      expect(after.length).toBe(text.length + grown);
      const [first] = fixes;
      if (first) expect(applied[0]).toBe(first);
    }),
  );
});
