import { isExactNumber, isObject, type Json } from "./json.ts";
import { formsOf, SHORTEST_SECRET } from "./secret-forms.ts";
import { compileMatcher, type SecretMatcher, type Span } from "./secret-matcher.ts";

/** What stands where a secret stood. */
export const REDACTED = "***";

/** Blanks secrets in everything that is stored, logged or shown. */
export interface Redactor {
  /** The same text when it holds no secret. What is blanked once stays as it is the second time. */
  text(text: string): string;
  /** The same value when it holds no secret. Keys are redacted too, and numbers that hold one become text. */
  json<T extends Json>(value: T): T;
  /** Redacts one text that arrives in pieces. */
  stream(): RedactedStream;
}

/** A text in pieces: a secret that lies across two of them is blanked as well. */
export interface RedactedStream {
  /** What is certain by now; an end that may be the start of a secret is kept back. */
  push(piece: string): string;
  /** What was kept back. */
  end(): string;
}

/** What stands where a text was cut off. */
const CUT = "…";

/** Blanks nothing. */
const OPEN: Redactor = {
  text: (text) => text,
  json: (value) => value,
  stream: () => ({ push: (piece) => piece, end: () => "" }),
};

/**
 * Blanks each secret, each line of 16 or more characters of one that has several, and each text of that length in one
 * that is a JSON document: as it is, in base64, URL-encoded and JSON-escaped (language.md section 3).
 */
export function createRedactor(secrets: Iterable<string>): Redactor {
  const all = [...secrets];
  const key = JSON.stringify(all);
  const redactor = known.get(key) ?? compileRedactor(all);
  known.delete(key);
  known.set(key, redactor);
  const [oldest = key] = known.keys();
  if (known.size > MOST_KNOWN) known.delete(oldest);
  return redactor;
}

/** Runs of one workflow have the same secrets: those used last are compiled once. */
const known = new Map<string, Redactor>();
const MOST_KNOWN = 20;

function compileRedactor(secrets: readonly string[]): Redactor {
  const forms = [...new Set(secrets.flatMap(formsOf))];
  if (forms.length === 0) return OPEN;
  let compiled: SecretMatcher | undefined;
  const matcher = () => {
    compiled ??= compileMatcher(forms);
    return compiled;
  };
  const mayBeNumbers = forms.some((form) => /^[-+.\deE]+$/.test(form));

  function text(raw: string): string {
    let before = raw;
    // Where one secret was blanked another one may come about, if it has asterisks.
    for (;;) {
      const blanked = blankCut(blank(before, matcher().find(before)), matcher());
      if (blanked === before) return blanked;
      before = blanked;
    }
  }

  function json(value: Json): Json {
    if (typeof value === "string") return text(value);
    if (typeof value === "number" || isExactNumber(value)) return mayBeNumbers ? number(value) : value;
    if (Array.isArray(value)) {
      const items = value.map(json);
      return items.some((item, index) => item !== value[index]) ? items : value;
    }
    if (!isObject(value)) return value;
    const entries = Object.entries(value);
    const redacted = entries.map(([key, item]) => [text(key), json(item)] as const);
    const changed = redacted.some(
      ([key, item], index) => key !== entries[index]?.[0] || item !== entries[index]?.[1],
    );
    return changed ? Object.fromEntries(redacted) : value;
  }

  function number(value: Json): Json {
    const digits = JSON.stringify(value);
    return text(digits) === digits ? value : REDACTED;
  }

  function stream(): RedactedStream {
    let kept = "";
    return {
      push(piece) {
        kept += piece;
        let cut = matcher().unfinished(kept, 0, 1);
        for (const { start, end } of matcher().find(kept)) if (start < cut && cut < end) cut = start;
        const certain = text(kept.slice(0, cut));
        kept = kept.slice(cut);
        return certain;
      },
      end() {
        const rest = text(kept);
        kept = "";
        return rest;
      },
    };
  }

  return { text, json: (value) => json(value) as typeof value, stream };
}

/** Blanks the beginning of a secret where a text was cut off, see {@link excerpt}. */
function blankCut(text: string, matcher: SecretMatcher): string {
  const spans: Span[] = [];
  let from = 0;
  for (let end = text.indexOf(CUT); end >= 0; end = text.indexOf(CUT, from)) {
    const start = matcher.unfinished(text.slice(0, end), from, SHORTEST_SECRET);
    if (start < end) spans.push({ start, end });
    from = end + 1;
  }
  return blank(text, spans);
}

/** Blanks what either of two blanks. */
export function bothRedactors(one: Redactor, other: Redactor): Redactor {
  return {
    text: (text) => other.text(one.text(text)),
    json: (value) => other.json(one.json(value)),
    stream() {
      const [first, second] = [one.stream(), other.stream()];
      return {
        push: (piece) => second.push(first.push(piece)),
        end: () => second.push(first.end()) + second.end(),
      };
    },
  };
}

function blank(text: string, spans: readonly Span[]): string {
  let blanked = "";
  let at = 0;
  for (const { start, end } of spans) {
    blanked += text.slice(at, start) + REDACTED;
    at = end;
  }
  return spans.length === 0 ? text : blanked + text.slice(at);
}
