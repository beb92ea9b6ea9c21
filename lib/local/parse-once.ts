/** What dynalite gives its parsers beside an expression. */
export interface ParseContext {
  readonly attrNames?: { readonly [name: string]: string };
  readonly attrVals?: { readonly [name: string]: AttributeObject };
  /** Names and values that no expression of the request has used yet; parsing takes those away that it meets. */
  readonly unusedAttrNames: { [name: string]: true };
  readonly unusedAttrVals: { [name: string]: true };
  readonly isKeyCondition?: boolean;
}

/** One of dynalite's parsers: gives a tree in which values stand as the request brought them, or the text of a mistake. */
export type Parse = (expression: string, options: { readonly context: ParseContext }) => unknown;

/** A value with its type: `{"S": "text"}`. */
interface AttributeObject {
  readonly [type: string]: unknown;
}

/** A tree with holes where the values stood, and what of the request it used. */
interface Template {
  readonly tree: unknown;
  readonly names: readonly string[];
  readonly values: readonly string[];
}

/** Stands in a template for a value of this name. */
class Hole {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

// A program has some dozens of expressions; whoever makes them up by chance must not fill the memory.
const MOST_KEPT = 1_000;
// The name of a type, which expressions may compare with: what it says decides whether an expression is right.
const LONGEST_TYPE_NAME = 4;

/**
 * The same parser, which parses an expression once for each combination of types that its values have. The parser tries every
 * alternative at every place, and takes up to a millisecond for a condition, in the one thread that serves everybody.
 */
export function parseOnce(parse: Parse): Parse {
  const templates = new Map<string, Template>();
  return (expression, options) => {
    const { context } = options;
    // Of a range the values themselves are compared.
    const key = /between/i.test(expression) ? undefined : keyOf(expression, context);
    const known = key === undefined ? undefined : templates.get(key);
    if (known) return filled(known, context);
    const names = Object.keys(context.unusedAttrNames);
    const values = Object.keys(context.unusedAttrVals);
    const tree = parse(expression, options);
    if (key === undefined || typeof tree !== "object") return tree;
    if (templates.size === MOST_KEPT) templates.clear();
    templates.set(key, {
      tree: withHoles(tree, context),
      names: names.filter((name) => !(name in context.unusedAttrNames)),
      values: values.filter((name) => !(name in context.unusedAttrVals)),
    });
    return tree;
  };
}

function keyOf(expression: string, { attrNames, attrVals = {}, isKeyCondition }: ParseContext): string {
  const types = Object.entries(attrVals).map(([name, value]) => {
    const [type, content] = Object.entries(value)[0] ?? [];
    return typeof content === "string" && content.length <= LONGEST_TYPE_NAME && type === "S"
      ? [name, type, content]
      : [name, type];
  });
  return JSON.stringify([expression, attrNames, types, isKeyCondition]);
}

function withHoles(tree: object | null, { attrVals = {} }: ParseContext): unknown {
  const holes = new Map<unknown, Hole>(
    Object.entries(attrVals).map(([name, value]) => [value, new Hole(name)]),
  );
  return copyOf(tree, (node) => holes.get(node));
}

function filled({ tree, names, values }: Template, context: ParseContext): unknown {
  for (const name of names) delete context.unusedAttrNames[name];
  for (const name of values) delete context.unusedAttrVals[name];
  return copyOf(tree, (node) => (node instanceof Hole ? context.attrVals?.[node.name] : undefined));
}

/** A deep copy, since actions write into what they are given; parts that `replace` gives something for are that. */
function copyOf(node: unknown, replace: (node: object) => unknown): unknown {
  if (typeof node !== "object" || node === null) return node;
  const other = replace(node);
  if (other !== undefined) return other;
  if (Array.isArray(node)) return node.map((one) => copyOf(one, replace));
  const copy = Object.create(Object.getPrototypeOf(node));
  for (const [name, value] of Object.entries(node)) copy[name] = copyOf(value, replace);
  return copy;
}
