import { CST, Lexer } from "yaml";

/** A piece of a line, and what it is to a reader of the file; `hole` is a `${…}`. */
export interface YamlToken {
  readonly kind: "key" | "text" | "constant" | "hole" | "comment" | "sign" | "space";
  readonly text: string;
}

/** Marks that the lexer puts between the pieces of the text. */
const MARKS: readonly string[] = [CST.BOM, CST.DOCUMENT, CST.FLOW_END, CST.SCALAR];
const CONSTANT = /^(?:true|false|null|~|[-+]?\d[\d_]*(?:\.\d+)?)$/;

/** The lines of a YAML text as tokens, which together are the text; what is no YAML comes out as something, too. */
export function yamlLines(text: string): readonly (readonly YamlToken[])[] {
  const lexemes = [...new Lexer().lex(text)];
  const lines: YamlToken[][] = [[]];
  const add = (kind: YamlToken["kind"], piece: string) => {
    for (const [nth, part] of piece.split("\n").entries()) {
      if (nth > 0) lines.push([]);
      if (part !== "") lines.at(-1)?.push({ kind, text: part });
    }
  };
  for (const [index, lexeme] of lexemes.entries()) {
    const isScalar = lexemes[index - 1] === CST.SCALAR;
    if (MARKS.includes(lexeme) && !isScalar) continue;
    const kind = isScalar ? "text" : kindOf(lexeme);
    if (kind !== "text") add(kind, lexeme);
    else if (isBeforeColon(lexemes, index)) add("key", lexeme);
    else if (isScalar && CONSTANT.test(lexeme)) add("constant", lexeme);
    else for (const part of lexeme.split(/(\$\{[^}]*\})/)) add(part.startsWith("${") ? "hole" : "text", part);
  }
  return lines;
}

function kindOf(lexeme: string): YamlToken["kind"] {
  switch (CST.tokenType(lexeme)) {
    case "comment":
      return "comment";
    case "space":
    case "newline":
      return "space";
    case "single-quoted-scalar":
    case "double-quoted-scalar":
      return "text";
    case null:
      return "text";
    default:
      return "sign";
  }
}

function isBeforeColon(lexemes: readonly string[], index: number): boolean {
  const next = lexemes.slice(index + 1, index + 3).find((lexeme) => lexeme.trim() !== "");
  return next === ":";
}
