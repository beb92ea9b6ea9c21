/** Where and why text stops being JSON. */
export interface JsonError {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  readonly message: string;
}

// Of the control characters JSON forbids those below U+0020 only.
const TOKEN =
  /"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null|[[\]{},:]/uy;
const SPACE = /[ \t\n\r]*/y;

type Expected = "value" | "value or ]" | "key" | "key or }" | ":" | ", or ]" | ", or }" | "end";

/** The first place where the text is not JSON (RFC 8259), undefined when it is. The engine's own message often has no position. */
export function findJsonError(text: string): JsonError | undefined {
  const open: ("[" | "{")[] = [];
  let expected: Expected = "value";
  let at = 0;
  for (;;) {
    SPACE.lastIndex = at;
    SPACE.exec(text);
    at = SPACE.lastIndex;
    if (at >= text.length) return expected === "end" ? undefined : errorAt(text, at, expected);
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[0];
    const next: Expected | undefined = token === undefined ? undefined : follow(expected, token, open);
    if (token === undefined || next === undefined) return errorAt(text, at, expected);
    expected = next;
    at += token.length;
  }
}

/** What may come after a token, undefined when it may not stand here. Keeps the stack of open brackets. */
function follow(expected: Expected, token: string, open: ("[" | "{")[]): Expected | undefined {
  const closes = (bracket: "]" | "}") => {
    if (token !== bracket || !expected.includes(bracket)) return false;
    open.pop();
    return true;
  };
  if (closes("]") || closes("}")) return afterValue(open);
  switch (expected) {
    case "value":
    case "value or ]":
      if (token === "[" || token === "{") {
        open.push(token);
        return token === "[" ? "value or ]" : "key or }";
      }
      return /^[\]},:]/.test(token) ? undefined : afterValue(open);
    case "key":
    case "key or }":
      return token.startsWith('"') ? ":" : undefined;
    case ":":
      return token === ":" ? "value" : undefined;
    case ", or ]":
      return token === "," ? "value" : undefined;
    case ", or }":
      return token === "," ? "key" : undefined;
    case "end":
      return undefined;
  }
}

function afterValue(open: readonly ("[" | "{")[]): Expected {
  const inside = open.at(-1);
  return inside === undefined ? "end" : inside === "[" ? ", or ]" : ", or }";
}

function errorAt(text: string, offset: number, expected: Expected): JsonError {
  const before = text.slice(0, offset).split("\n");
  const line = before.length;
  const column = (before.at(-1)?.length ?? 0) + 1;
  const found =
    offset < text.length
      ? JSON.stringify(String.fromCodePoint(text.codePointAt(offset) as number))
      : "the end";
  return { line, column, message: `line ${line}, column ${column}: expected ${expected}, found ${found}` };
}
