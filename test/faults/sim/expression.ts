import type { AttributeValue } from "@aws-sdk/client-dynamodb";

/** What stands on either side of a comparison, or is set. */
export type Operand =
  | { readonly kind: "path"; readonly name: string }
  | { readonly kind: "value"; readonly name: string }
  | { readonly kind: "call"; readonly name: string; readonly given: readonly Operand[] };

/** A condition expression (DynamoDB developer guide, "Condition and filter expressions"). */
export type Condition =
  | { readonly kind: "all" | "any"; readonly parts: readonly Condition[] }
  | { readonly kind: "not"; readonly part: Condition }
  | { readonly kind: "holds"; readonly name: string; readonly given: readonly Operand[] };

/** One change of an update expression (developer guide, "Update expressions"). */
export type Change =
  | {
      readonly kind: "set";
      readonly path: string;
      readonly to: readonly Operand[];
      readonly sign?: "+" | "-";
    }
  | { readonly kind: "remove"; readonly path: string }
  | { readonly kind: "add"; readonly path: string; readonly value: string }
  | { readonly kind: "delete"; readonly path: string; readonly value: string };

/** Names and values that an expression refers to. */
export interface References {
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, AttributeValue>>;
}

const TOKEN = /\s*(?:([#:]?[A-Za-z_]\w*)|(<>|<=|>=|[=<>+\-(),]))/y;
const COMPARISONS = ["=", "<>", "<", "<=", ">", ">="];
const PREDICATES = ["attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains"];
const conditions = new Map<string, Condition>();
const updates = new Map<string, readonly Change[]>();

/** Reads a condition. Attributes stand as `#name` without a path behind it. @throws Error for what is not understood. */
export function parseCondition(text: string): Condition {
  const known = conditions.get(text);
  if (known) return known;
  const tokens = tokensOf(text);
  const condition = readAny(tokens);
  tokens.end();
  conditions.set(text, condition);
  return condition;
}

/** Reads an update. @throws Error for what is not understood. */
export function parseUpdate(text: string): readonly Change[] {
  const known = updates.get(text);
  if (known) return known;
  const tokens = tokensOf(text);
  const changes: Change[] = [];
  while (tokens.peek() !== undefined) {
    const clause = tokens.take();
    do changes.push(readChange(tokens, clause));
    while (tokens.skip(","));
  }
  updates.set(text, changes);
  return changes;
}

interface Tokens {
  peek(): string | undefined;
  take(): string;
  skip(token: string): boolean;
  expect(token: string): void;
  end(): void;
}

function tokensOf(text: string): Tokens {
  const found: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) throw new Error(`not understood at ${from}: ${text}`);
    found.push(match[1] ?? match[2] ?? "");
  }
  let at = 0;
  const fail = (): never => {
    throw new Error(`not understood: "${found[at] ?? "the end"}" in: ${text}`);
  };
  return {
    peek: () => found[at],
    take() {
      at += 1;
      return found[at - 1] ?? fail();
    },
    skip(token) {
      if (found[at] !== token) return false;
      at += 1;
      return true;
    },
    expect(token) {
      if (found[at] !== token) fail();
      at += 1;
    },
    end() {
      if (at < found.length) fail();
    },
  };
}

function readAny(tokens: Tokens): Condition {
  const parts = [readAll(tokens)];
  while (tokens.skip("OR")) parts.push(readAll(tokens));
  return parts.length === 1 ? (parts[0] as Condition) : { kind: "any", parts };
}

function readAll(tokens: Tokens): Condition {
  const parts = [readOne(tokens)];
  while (tokens.skip("AND")) parts.push(readOne(tokens));
  return parts.length === 1 ? (parts[0] as Condition) : { kind: "all", parts };
}

function readOne(tokens: Tokens): Condition {
  if (tokens.skip("NOT")) return { kind: "not", part: readOne(tokens) };
  if (tokens.skip("(")) {
    const inner = readAny(tokens);
    tokens.expect(")");
    return inner;
  }
  const left = readOperand(tokens);
  if (left.kind === "call" && PREDICATES.includes(left.name))
    return { kind: "holds", name: left.name, given: left.given };
  const name = tokens.take();
  if (COMPARISONS.includes(name)) return { kind: "holds", name, given: [left, readOperand(tokens)] };
  if (name === "BETWEEN") {
    const least = readOperand(tokens);
    tokens.expect("AND");
    return { kind: "holds", name, given: [left, least, readOperand(tokens)] };
  }
  if (name === "IN") return { kind: "holds", name, given: [left, ...readList(tokens)] };
  throw new Error(`not understood: "${name}" behind ${JSON.stringify(left)}`);
}

function readOperand(tokens: Tokens): Operand {
  const name = tokens.take();
  if (name.startsWith("#")) return { kind: "path", name };
  if (name.startsWith(":")) return { kind: "value", name };
  return { kind: "call", name, given: readList(tokens) };
}

function readList(tokens: Tokens): readonly Operand[] {
  tokens.expect("(");
  const given = [readOperand(tokens)];
  while (tokens.skip(",")) given.push(readOperand(tokens));
  tokens.expect(")");
  return given;
}

function readChange(tokens: Tokens, clause: string): Change {
  const path = tokens.take();
  if (!path.startsWith("#")) throw new Error(`not understood: a change of "${path}"`);
  switch (clause) {
    case "SET": {
      tokens.expect("=");
      const first = readOperand(tokens);
      const sign = tokens.peek();
      if (sign !== "+" && sign !== "-") return { kind: "set", path, to: [first] };
      tokens.take();
      return { kind: "set", path, to: [first, readOperand(tokens)], sign };
    }
    case "REMOVE":
      return { kind: "remove", path };
    case "ADD":
    case "DELETE":
      return { kind: clause === "ADD" ? "add" : "delete", path, value: tokens.take() };
    default:
      throw new Error(`not understood: the clause "${clause}"`);
  }
}
