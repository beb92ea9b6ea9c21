import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { CST, Lexer } from "yaml";
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

test("quotes and brackets may go on over lines, and a nested text ends with its own key", () => {
  expect(kindsOf("- a: |\n    x: 1\n  b: [1,\n    \"two\n three: \", c: 4]\n  d: 'it''s'")).toEqual([
    "sign: -",
    "key: a",
    "sign: :",
    "sign: |",
    "text:     x: 1",
    "key: b",
    "sign: :",
    "sign: [",
    "constant: 1",
    "sign: ,",
    'text: "two',
    'text:  three: "',
    "sign: ,",
    "key: c",
    "sign: :",
    "constant: 4",
    "sign: ]",
    "key: d",
    "sign: :",
    "text: 'it''s'",
  ]);
});

/** Keys as the parser's own lexer finds them. */
const keysOf = (text: string) => {
  const lexemes = [...new Lexer().lex(text)];
  return lexemes.filter((lexeme, index) => {
    const isScalar = lexemes[index - 1] === CST.SCALAR || /^["']/.test(lexeme);
    return isScalar && lexemes.slice(index + 1).find((one) => one.trim() !== "") === ":";
  });
};

test("nothing of a shipped workflow is lost or put on another line, and its keys are those that the parser finds", () => {
  const files = ["workflows", "templates"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".yaml"))
      .map((name) => `${folder}/${name}`),
  );
  expect(files.length).toBeGreaterThan(10);
  for (const file of files) {
    const text = readFileSync(file, "utf8");
    const lines = yamlLines(text);
    expect([file, textOf(lines)]).toEqual([file, text]);
    const keys = lines.flat().filter(({ kind }) => kind === "key");
    expect([file, keys.map((key) => key.text)]).toEqual([file, keysOf(text)]);
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
    "\r",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const text = pieces.join("");
      expect(textOf(yamlLines(text))).toBe(text);
    }),
    { numRuns: 300 },
  );
});
