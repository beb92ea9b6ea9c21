import type { ErrorCode } from "yaml";

interface Rewording {
  readonly say?: string;
  readonly hint?: string;
}

const QUOTE = "put quotes around the text";

const REWORDINGS: { readonly [Code in ErrorCode]?: Rewording } = {
  TAB_AS_INDENT: { say: "found a tab at the start of a line", hint: "indent with spaces" },
  BAD_INDENT: { hint: "give keys of one mapping and items of one list the same indentation" },
  BLOCK_AS_IMPLICIT_KEY: {
    say: 'found a second ": " on one line',
    hint: `${QUOTE}, or move the inner mapping to lines of its own`,
  },
  MULTILINE_IMPLICIT_KEY: {
    say: "found text where a key was expected",
    hint: 'write "key: value", with a space after the colon',
  },
  MISSING_CHAR: { hint: "something before this place is not closed, or a key has no colon" },
  UNEXPECTED_TOKEN: { hint: "compare the indentation of this line with those before it" },
  BAD_SCALAR_START: { hint: QUOTE },
  MULTIPLE_DOCS: {
    say: "found a second document, expected one workflow in a file",
    hint: "remove the --- line, or make two files",
  },
  TAG_RESOLVE_FAILED: { hint: "custom tags are not supported: write the plain value" },
  RESOURCE_EXHAUSTION: { say: "nested too deeply", hint: "move part of it into a workflow of its own" },
};

/** How a syntax error of the YAML library is said here, and its way out. */
export function syntaxHint(
  code: ErrorCode,
  message: string,
  text: string,
  at: number,
): { readonly say: string; readonly hint?: string } {
  const line = text.slice(text.lastIndexOf("\n", at - 1) + 1, at + 1);
  // A brace ends plain text inside { } and [ ], so placeholders need quotes there.
  if (/[{[,].*\$\{/.test(line.slice(-200))) {
    const hint = 'put quotes around text with a placeholder: "${name}"';
    return { say: "this is not YAML: found a placeholder without quotes inside { } or [ ]", hint };
  }
  const { say = message, hint } = REWORDINGS[code] ?? {};
  return { say: `this is not YAML: ${say}`, ...(hint !== undefined && { hint }) };
}
