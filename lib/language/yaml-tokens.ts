/** A piece of a line, and what it is to a reader of the file; `hole` is a `${…}`. */
export interface YamlToken {
  readonly kind: "key" | "text" | "constant" | "hole" | "comment" | "sign" | "space";
  readonly text: string;
}

/** What the lines before have left open. */
interface Open {
  /** Brackets and braces. */
  depth: number;
  quote: '"' | "'" | undefined;
  /** Column of the key or the dash that a text of several lines belongs to; its lines lie further in. */
  block: number | undefined;
}

const CONSTANT = /^(?:true|false|null|~|[-+]?\d[\d_]*(?:\.\d+)?)$/;
const SPACE = /\s+/y;
const COMMENT = /(?<=^|\s)#.*/y;
const DASH = /(?:---|\.\.\.|[-?])(?=\s|$)/y;
const COLON = /:(?=[\s,\]}]|$)/y;
const HEADER = /[|>][-+\d]*(?=\s*$|\s+#)/y;
const PROPERTY = /[&*!][^\s,[\]{}]*/y;
const BEFORE_COLON = /\s*:(?=[\s,\]}]|$)/y;
/** Up to a comment, to a colon that ends a key, and between brackets to what divides them. */
const PLAIN = /(?:[^\s:#]|:(?!\s|$)|(?<=\S)#|\s+(?![#\s]|:(?:\s|$)|$))+/y;
const PLAIN_INSIDE = /(?:[^\s:#,[\]{}]|:(?![\s,[\]{}]|$)|(?<=\S)#|\s+(?![#\s,[\]{}]|:(?:\s|$)|$))+/y;
const UNTIL_QUOTE = { '"': /(?:\\.|[^"\\])*"/y, "'": /(?:''|[^'])*'(?!')/y } as const;

/**
 * The lines of a YAML text as tokens, which together are the text: for colours only, so that no function has to carry a YAML
 * parser. What is no YAML comes out as something, too.
 */
export function yamlLines(text: string): readonly (readonly YamlToken[])[] {
  const open: Open = { depth: 0, quote: undefined, block: undefined };
  return text.split("\n").map((line) => tokensOf(line, open));
}

function tokensOf(line: string, open: Open): readonly YamlToken[] {
  if (open.block !== undefined && (line.trim() === "" || line.search(/\S/) > open.block))
    return withHoles(line);
  open.block = undefined;
  const tokens: YamlToken[] = [];
  let at = 0;
  let column = -1;
  const take = (pattern: RegExp): string => {
    const found = matchAt(pattern, line, at);
    at += found.length;
    return found;
  };
  const add = (kind: YamlToken["kind"], text: string) => {
    if (text !== "") tokens.push({ kind, text });
    return text !== "";
  };
  const addScalar = (from: number, isPlain: boolean) => {
    const text = line.slice(from, at);
    if (matchAt(BEFORE_COLON, line, at) !== "") {
      column = from;
      add("key", text);
    } else if (isPlain && CONSTANT.test(text)) add("constant", text);
    else tokens.push(...withHoles(text));
  };
  const addQuoted = (quote: '"' | "'", from: number) => {
    open.quote = take(UNTIL_QUOTE[quote]) === "" ? quote : undefined;
    if (open.quote) at = line.length;
    addScalar(from, false);
  };
  if (open.quote) addQuoted(open.quote, 0);
  while (at < line.length) {
    const from = at;
    const next = line[at] ?? "";
    if (add("space", take(SPACE)) || add("comment", take(COMMENT)) || add("sign", take(COLON))) continue;
    if (add("sign", take(DASH))) column = from;
    else if (open.depth === 0 && add("sign", take(HEADER))) open.block = column;
    else if (add("sign", take(PROPERTY))) continue;
    else if ("[{".includes(next) || (open.depth > 0 && "]},".includes(next))) {
      open.depth += "[{".includes(next) ? 1 : next === "," ? 0 : -1;
      at += 1;
      add("sign", next);
    } else if (next === '"' || next === "'") {
      at += 1;
      addQuoted(next, from);
    } else {
      if (take(open.depth === 0 ? PLAIN : PLAIN_INSIDE) === "") at += 1;
      addScalar(from, true);
    }
  }
  return tokens;
}

function matchAt(pattern: RegExp, line: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(line)?.[0] ?? "";
}

function withHoles(text: string): readonly YamlToken[] {
  return text
    .split(/(\$\{[^}]*\})/)
    .filter((part) => part !== "")
    .map((part) => ({ kind: part.startsWith("${") && part.endsWith("}") ? "hole" : "text", text: part }));
}
