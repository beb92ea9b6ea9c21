import { addToList } from "./add-to-list.ts";
import { beginsEscape, CUT_SHORT, escapedBytes, firstByte, follow } from "./escaped-text.ts";

/** A piece of a text, from `start` up to `end`. */
export interface Span {
  readonly start: number;
  end: number;
}

/** Finds texts and every way of escaping their characters, all in one pass over the text. */
export interface SecretMatcher {
  /** Where the texts stand, in order; what overlaps is one span. */
  find(text: string): readonly Span[];
  /** Where, from `from` on, the end of the text begins that may be the start of a find, if it has `shortest` characters. */
  unfinished(text: string, from: number, shortest: number): number;
}

/** Four characters, hashed into 16 bits: every form has as many. */
const WINDOW = 4;
const HASHES = 1 << 16;
/** As far as the beginning of one escaped character is looked back for: `\\\\u00e9`, `%2525C3%2525A9`. */
const LONGEST_ESCAPE = 20;
/** Stands for "nothing before it" in {@link keyOf}. */
const NOTHING = 0x10000;

/** A place in a form: its first `index` characters stand before it. */
interface Place {
  readonly form: string;
  readonly index: number;
}

/** Compiles forms of at least four characters each. */
export function compileMatcher(forms: readonly string[]): SecretMatcher {
  const byHash = new Map<number, string[]>();
  const isStart = new Uint8Array(HASHES);
  for (const form of forms) {
    let hash = 0;
    for (let at = 0; at < WINDOW; at += 1) hash = nextHash(hash, form.charCodeAt(at));
    isStart[hash] = 1;
    addToList(byHash, hash, form);
  }
  const longest = forms.reduce((most, { length }) => Math.max(most, length), 0);
  const bytes: number[] = [];
  let places: Map<number, Place[]> | undefined;

  /** Adds what is spelled with its first escape at `at`. Returns where the next escape can begin. */
  function findEscaped(text: string, at: number, spans: Span[]): number {
    places ??= placesOf(forms);
    bytes.length = 0;
    const next = escapedBytes(text, at, bytes);
    for (const byte of bytes) {
      addEscaped(text, at, places.get(keyOf(NOTHING, byte)), spans);
      if (at > 0) addEscaped(text, at, places.get(keyOf(text.charCodeAt(at - 1), byte)), spans);
    }
    return next;
  }

  function isUnfinishedAt(text: string, at: number): boolean {
    places ??= placesOf(forms);
    const code = text.charCodeAt(at);
    const starts = [firstByte(code)];
    if (beginsEscape(code)) escapedBytes(text, at, starts);
    return starts.some((byte) =>
      Number.isNaN(byte)
        ? text.length - at < LONGEST_ESCAPE
        : places?.get(keyOf(NOTHING, byte))?.some(({ form }) => follow(text, at, form, 0) === CUT_SHORT),
    );
  }

  return {
    find(text) {
      const spans: Span[] = [];
      let hash = 0;
      let nextEscape = 0;
      for (let at = 0; at < text.length; at += 1) {
        const code = text.charCodeAt(at);
        hash = nextHash(hash, code);
        const start = at + 1 - WINDOW;
        if (isStart[hash] === 1 && start >= 0) {
          for (const form of byHash.get(hash) ?? [])
            if (text.startsWith(form, start)) spans.push({ start, end: start + form.length });
        }
        if (at >= nextEscape && beginsEscape(code)) nextEscape = findEscaped(text, at, spans);
      }
      return spans.length > 1 ? merged(spans) : spans;
    },
    unfinished(text, from, shortest) {
      const first = Math.max(from, text.length - longest * LONGEST_ESCAPE);
      for (let at = first; at <= text.length - shortest; at += 1) if (isUnfinishedAt(text, at)) return at;
      return text.length;
    },
  };
}

function nextHash(hash: number, code: number): number {
  return ((hash << 4) ^ code) & (HASHES - 1);
}

/** Every place of every form by the character before it and the first byte of the one that follows. */
function placesOf(forms: readonly string[]): Map<number, Place[]> {
  const places = new Map<number, Place[]>();
  for (const form of forms)
    for (let index = 0; index < form.length; index += 1) {
      const before = index === 0 ? NOTHING : form.charCodeAt(index - 1);
      addToList(places, keyOf(before, firstByte(form.charCodeAt(index))), { form, index });
    }
  return places;
}

function keyOf(before: number, byte: number): number {
  return before * 256 + byte;
}

function endsWith(text: string, end: number, form: string, length: number): boolean {
  if (end < length) return false;
  for (let back = 1; back <= length; back += 1)
    if (text.charCodeAt(end - back) !== form.charCodeAt(length - back)) return false;
  return true;
}

function merged(spans: Span[]): readonly Span[] {
  spans.sort((a, b) => a.start - b.start);
  const result: Span[] = [];
  for (const span of spans) {
    const last = result.at(-1);
    if (last && span.start < last.end) last.end = Math.max(last.end, span.end);
    else result.push({ ...span });
  }
  return result;
}

function addEscaped(text: string, at: number, places: readonly Place[] | undefined, spans: Span[]): void {
  for (const { form, index } of places ?? []) {
    if (!endsWith(text, at, form, index)) continue;
    const end = follow(text, at, form, index);
    if (end >= 0) spans.push({ start: at - index, end });
  }
}
