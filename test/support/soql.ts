/** A record as the server keeps it. */
export type StoredRecord = { readonly [field: string]: unknown };

/** A query the server understands: fields, object, comparisons joined by AND or OR (read from the left), and a limit. */
export interface Soql {
  readonly fields: readonly string[];
  readonly object: string;
  readonly limit: number;
  holds(record: StoredRecord): boolean;
}

type Value = string | number | boolean | null;
type Token = { readonly kind: "word" | "text" | "sign"; readonly text: string };

const TOKEN = /\s*(?:'((?:[^'\\]|\\.)*)'|([\w.:+-]+)|(!=|<=|>=|[=<>(),]))/sy;
// Wildcards that are escaped stand as characters of their own until they are compared.
const [PERCENT, UNDERSCORE] = ["\ue000", "\ue001"];
const ESCAPES: { readonly [char: string]: string } = {
  n: "\n",
  r: "\r",
  t: "\t",
  b: "\b",
  f: "\f",
  "%": PERCENT,
  _: UNDERSCORE,
};

/** Parses a query. @throws Error for what is no query, as Salesforce answers MALFORMED_QUERY. */
export function parseSoql(text: string): Soql {
  const tokens = tokensOf(text);
  let at = 0;
  const next = (): Token => tokens[at++] ?? fail("unexpected end of query");
  const peek = (word: string) => tokens[at]?.kind !== "text" && tokens[at]?.text.toUpperCase() === word;
  const expectWord = (word: string): void => {
    if (!peek(word)) fail(`expecting ${word}, found "${tokens[at]?.text ?? "<EOF>"}"`);
    at += 1;
  };
  const skip = (word: string): boolean => {
    if (!peek(word)) return false;
    at += 1;
    return true;
  };
  const name = (): string => {
    const token = next();
    return token.kind === "word" ? token.text : fail(`unexpected token: "${token.text}"`);
  };
  const values = (): Value[] => {
    expectWord("(");
    const list = [literal(next())];
    while (skip(",")) list.push(literal(next()));
    expectWord(")");
    return list;
  };
  const comparison = (): ((record: StoredRecord) => boolean) => {
    const field = name();
    if (skip("IN")) {
      const list = values();
      return (record) => list.includes((record[field] ?? null) as Value);
    }
    const operator = next().text.toUpperCase();
    const value = literal(next());
    return (record) => compare(operator, record[field] ?? null, value);
  };

  expectWord("SELECT");
  const fields = [name()];
  while (skip(",")) fields.push(name());
  expectWord("FROM");
  const object = name();
  let holds: (record: StoredRecord) => boolean = () => true;
  if (skip("WHERE")) {
    holds = comparison();
    while (peek("AND") || peek("OR")) {
      const [and, left, right] = [next().text.toUpperCase() === "AND", holds, comparison()];
      holds = and ? (one) => left(one) && right(one) : (one) => left(one) || right(one);
    }
  }
  const limit = skip("LIMIT") ? Number(next().text) : Number.POSITIVE_INFINITY;
  if (at < tokens.length) fail(`unexpected token: "${tokens[at]?.text}"`);
  return { fields, object, limit, holds };
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  const query = text.trimEnd();
  while (TOKEN.lastIndex < query.length) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(query) ?? fail(`unexpected token at ${from}`);
    const [, literal, word, sign = ""] = match;
    if (literal !== undefined) tokens.push({ kind: "text", text: literal });
    else tokens.push(word === undefined ? { kind: "sign", text: sign } : { kind: "word", text: word });
  }
  return tokens;
}

function literal({ kind, text }: Token): Value {
  if (kind === "text") return text.replace(/\\(.)/gs, (_all, char: string) => ESCAPES[char] ?? char);
  if (kind === "word" && /^(?:true|false|null)$/i.test(text)) return JSON.parse(text.toLowerCase());
  if (kind === "word" && /^-?\d+(?:\.\d+)?$/.test(text)) return Number(text);
  if (kind === "word" && /^\d{4}-\d\d-\d\d/.test(text)) return text;
  return fail(`unexpected token: "${text}"`);
}

function compare(operator: string, field: unknown, value: Value): boolean {
  switch (operator) {
    case "=":
      return field === value;
    case "!=":
      return field !== value;
    case ">":
      return field !== null && value !== null && (field as string) > (value as string);
    case "LIKE":
      return typeof field === "string" && likePattern(String(value)).test(field);
    default:
      return fail(`unexpected token: "${operator}"`);
  }
}

function likePattern(text: string): RegExp {
  const source = Array.from(text, (char) => {
    if (char === "%") return ".*";
    if (char === "_") return ".";
    return RegExp.escape(char.replace(PERCENT, "%").replace(UNDERSCORE, "_"));
  });
  return new RegExp(`^${source.join("")}$`, "is");
}

function fail(message: string): never {
  throw new Error(message);
}
