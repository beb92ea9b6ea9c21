import { excerpt } from "./excerpt.ts";
import { FlowError } from "./flow-error.ts";
import { formatJson, isNumeric, type Json } from "./json.ts";
import {
  isWholePlaceholder,
  type Lookup,
  type Placeholder,
  placeholderValue,
  type Template,
  textOf,
} from "./template.ts";

const DATE = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d{1,3})?(?:Z|[+-]\d\d:\d\d))?$/;
const IDENTIFIER = /^[A-Za-z]\w*(?:\.[A-Za-z]\w*)*$/;
const RECORD_ID = /^(?=.*\d)[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?$/;

/**
 * The text of a SOQL template. Inside a string literal inserted text is escaped, so that it stays what it is and cannot
 * end the literal (behind LIKE its wildcards are escaped too). Outside, numbers, booleans, null, ISO dates and
 * identifiers go in as they are, record ids in quotes, and a list within the parentheses of IN as quoted, escaped
 * values. A whole-value placeholder is the query itself.
 * @throws FlowError `invalid_input` for anything else, saying what would be right.
 */
export function renderSoql(template: Template, lookup: Lookup): string {
  if (isWholePlaceholder(template)) return textOf(placeholderValue(template[0], lookup));
  const scanner = createScanner();
  let soql = "";
  for (const part of template) {
    if (typeof part === "string") {
      scanner.read(part);
      soql += part;
      continue;
    }
    const value = placeholderValue(part, lookup);
    const inserted = scanner.inLiteral()
      ? insideLiteral(part, value, scanner)
      : outside(part, value, scanner);
    if (!scanner.inLiteral()) scanner.read(inserted);
    soql += inserted;
  }
  return soql;
}

interface Scanner {
  read(text: string): void;
  inLiteral(): boolean;
  /** The literal so far ends in a backslash that waits for its character. */
  inEscape(): boolean;
  /** What was read, without what stands inside literals. */
  code(): string;
}

function createScanner(): Scanner {
  let code = "";
  let literal = false;
  let escaped = false;
  return {
    read(text) {
      for (const char of text) {
        if (escaped) escaped = false;
        else if (literal && char === "\\") escaped = true;
        else if (char === "'") {
          literal = !literal;
          code += char;
        } else if (!literal) code += char;
      }
    },
    inLiteral: () => literal,
    inEscape: () => escaped,
    code: () => code,
  };
}

function insideLiteral({ text }: Placeholder, value: Json | undefined, scanner: Scanner): string {
  if (scanner.inEscape()) {
    throw refused(text, "stands behind a backslash, which would change its first character: remove it");
  }
  if (typeof value === "object" && value !== null && !isNumeric(value)) {
    const what = Array.isArray(value) ? "a list" : "a mapping";
    throw refused(text, `is ${what} inside quotes: for a list write IN (\${${text}}) without quotes`);
  }
  const escaped = escapeText(textOf(value));
  return /\blike\s*'$/i.test(scanner.code()) ? escaped.replace(/[%_]/g, "\\$&") : escaped;
}

function outside({ text }: Placeholder, value: Json | undefined, scanner: Scanner): string {
  if (value === undefined) {
    throw refused(text, "resolves to nothing: give it a default, or skip the step with when");
  }
  if (Array.isArray(value)) return listOf(text, value, scanner);
  if (typeof value === "string") {
    if (DATE.test(value)) return value;
    if (RECORD_ID.test(value)) return `'${value}'`;
    if (IDENTIFIER.test(value)) return value;
    throw refused(text, `is ${shown(value)}: outside quotes only ${ALLOWED} can stand; write '\${${text}}'`);
  }
  return scalarOf(text, value);
}

const ALLOWED = "a number, true, false, null, an ISO date, a record's id or a field's name";

function listOf(text: string, items: readonly Json[], scanner: Scanner): string {
  if (!/\b(?:in|includes|excludes)\s*\([^()]*$/i.test(scanner.code())) {
    throw refused(text, `is a list, which can stand in IN (\${${text}}) only`);
  }
  if (items.length === 0) {
    throw refused(text, "is an empty list, and SOQL has no IN (): skip the step with when");
  }
  return items
    .map((item) => (typeof item === "string" ? `'${escapeText(item)}'` : scalarOf(text, item)))
    .join(",");
}

function scalarOf(text: string, value: Json): string {
  if (value === null || typeof value === "boolean" || isNumeric(value)) return formatJson(value);
  throw refused(text, `holds ${shown(value)}: only ${ALLOWED} can stand in a query`);
}

function refused(placeholder: string, why: string): FlowError {
  return new FlowError("invalid_input", `soql: \${${placeholder}} ${why}`);
}

function shown(value: Json): string {
  return excerpt(formatJson(value), 100);
}

const ESCAPES: { readonly [char: string]: string } = {
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\b": "\\b",
  "\f": "\\f",
};

/** The escape sequences of SOQL's string literals. */
function escapeText(text: string): string {
  return text.toWellFormed().replace(/[\\'\n\r\t\b\f]/g, (char) => ESCAPES[char] ?? `\\${char}`);
}
