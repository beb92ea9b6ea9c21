import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { yamlLines } from "../../lib/language/yaml-tokens.ts";

const textOf = (lines: ReturnType<typeof yamlLines>) =>
  lines.map((tokens) => tokens.map(({ text }) => text).join("")).join("\n");
const kindsOf = (text: string) =>
  yamlLines(text)
    .flat()
    .filter(({ kind }) => kind !== "space")
    .map(({ kind, text: piece }) => `${kind}: ${piece}`);

test("keys, values, holes, comments and signs are told apart", () => {
  expect(kindsOf('# head\nname: orders # why\nlist: [a, "b ${x}", 3]\n"quoted" : true')).toEqual([
    "comment: # head",
    "key: name",
    "sign: :",
    "text: orders",
    "comment: # why",
    "key: list",
    "sign: :",
    "sign: [",
    "text: a",
    "sign: ,",
    'text: "b ',
    "hole: ${x}",
    'text: "',
    "sign: ,",
    "constant: 3",
    "sign: ]",
    'key: "quoted"',
    "sign: :",
    "constant: true",
  ]);
});

test("a text of several lines is one on each of them, also where it looks like keys", () => {
  expect(kindsOf("code: |\n  a: 1 # no\n  b\nnext: x")).toEqual([
    "key: code",
    "sign: :",
    "sign: |",
    "text:   a: 1 # no",
    "text:   b",
    "key: next",
    "sign: :",
    "text: x",
  ]);
});

test("nothing of a shipped workflow is lost, or put on another line", () => {
  const files = readdirSync("workflows").filter((name) => name.endsWith(".yaml"));
  expect(files.length).toBeGreaterThan(5);
  for (const file of files) {
    const text = readFileSync(`workflows/${file}`, "utf8");
    expect([file, textOf(yamlLines(text))]).toEqual([file, text]);
  }
});

test("what is no YAML comes out whole too", () => {
  const piece = fc.constantFrom(
    ": ",
    "- ",
    "\n",
    "  ",
    "a",
    "'",
    '"',
    "{",
    "}",
    "[",
    "]",
    "#",
    "|",
    "${x}",
    "&",
    "*",
    "!",
    "%",
    "---",
    "?",
    "\t",
    "\u0002",
    "\u001f",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const text = pieces.join("");
      expect(textOf(yamlLines(text))).toBe(text);
    }),
    { numRuns: 300 },
  );
});
