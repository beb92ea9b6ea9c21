const PERCENT = 0x25;
const PLUS = 0x2b;
const SPACE = 0x20;
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;

/** Longest run of backslashes that is read as one escape: JSON inside JSON, six levels deep. */
const LONGEST_RUN = 64;

/** What JSON's short escapes stand for, by their letter. */
const SHORT_ESCAPES: ReadonlyMap<number, number> = new Map(
  Object.entries({ b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" }).map(([letter, char]) => [
    letter.charCodeAt(0),
    char.charCodeAt(0),
  ]),
);

/** What {@link follow} gives besides an end: the texts differ. */
const NO_MATCH = -2;
/** What {@link follow} gives besides an end: the text ended before the secret did. */
export const CUT_SHORT = -1;

/** True for a character that can begin an escape. */
export function beginsEscape(code: number): boolean {
  return code === PERCENT || code === BACKSLASH || code === PLUS;
}

/** Where a secret's character may end: in the text, and in the secret. */
type Position = readonly [at: number, index: number];

/**
 * The end of what spells `form` from its character `from` on, in `text` from `start` on, each character as it is,
 * percent-encoded (once or more often), as `+` for a space, or escaped as in JSON (also JSON inside JSON); the longest
 * if there are several. Negative when there is none. Takes time linear in the form.
 */
export function follow(text: string, start: number, form: string, from: number): number {
  const straight = certainly(text, start, form, from);
  let [at, index] = straight;
  if (index === form.length) return at;
  if (at >= text.length) return CUT_SHORT;
  if (!beginsEscape(text.charCodeAt(at))) return NO_MATCH;
  let end = NO_MATCH;
  const open = [straight];
  const seen = new Set<number>();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    [at, index] = certainly(text, next[0], form, next[1]);
    const place = at * (form.length + 1) + index;
    if (index === form.length) end = Math.max(end, at);
    else if (at >= text.length) end = Math.max(end, CUT_SHORT);
    else if (!seen.has(place)) {
      seen.add(place);
      for (const reading of readings(text, at, form, index)) {
        if (reading === undefined) end = Math.max(end, CUT_SHORT);
        else open.push(reading);
      }
    }
  }
  return end;
}

/** How far there is only one way to read the text. */
function certainly(text: string, start: number, form: string, from: number): Position {
  let at = start;
  let index = from;
  for (; index < form.length && at < text.length; index += 1) {
    const code = form.charCodeAt(index);
    if (code === PERCENT || code === BACKSLASH) break;
    const found = text.charCodeAt(at);
    if (found === code) at += 1;
    else {
      const digits = found === PERCENT && code < 0x80 ? skip25(text, at + 1) : -1;
      if (digits < 0 || hexValue(text, digits, 2) !== code) break;
      at = digits + 2;
    }
  }
  return [at, index];
}

/** Every way in which the text can spell the form's next character; undefined: the text ends inside one. */
function readings(text: string, at: number, form: string, index: number): readonly (Position | undefined)[] {
  const code = form.charCodeAt(index);
  const found = text.charCodeAt(at);
  const plain: Position[] = found === code || (found === PLUS && code === SPACE) ? [[at + 1, index + 1]] : [];
  if (found !== PERCENT && found !== BACKSLASH) return plain;
  const char = String.fromCodePoint(form.codePointAt(index) as number);
  return [
    ...plain,
    ...percentEnds(text, at, char).map((end): Position | undefined => position(end, index + char.length)),
    ...escapeReadings(text, at, form, index),
  ];
}

/** A run of backslashes stands for the form's own, and may escape the character behind them. */
function escapeReadings(text: string, at: number, form: string, index: number): (Position | undefined)[] {
  const run = backslashes(text, at);
  if (run.count === 0) return [];
  let own = index;
  while (form.charCodeAt(own) === BACKSLASH) own += 1;
  const needed = own - index;
  const ends: (Position | undefined)[] = needed > 0 && run.count >= needed ? [[run.end, own]] : [];
  if (run.count <= needed || own >= form.length) return ends;
  if (run.end >= text.length) return [...ends, undefined];
  const code = form.charCodeAt(own);
  const letter = text.charCodeAt(run.end);
  const behind = own + 1;
  if (letter === LETTER_U) {
    if (run.end + 5 > text.length) ends.push(undefined);
    else if (hexValue(text, run.end + 1, 4) === code) ends.push([run.end + 5, behind]);
  }
  if (SHORT_ESCAPES.get(letter) === code) ends.push([run.end + 1, behind]);
  if (!isPunctuation(code)) return ends;
  if (letter === code) ends.push([run.end + 1, behind]);
  if (letter !== PERCENT) return ends;
  return [
    ...ends,
    ...percentEnds(text, run.end, String.fromCharCode(code)).map((end) => position(end, behind)),
  ];
}

function position(at: number | undefined, index: number): Position | undefined {
  return at === undefined ? undefined : [at, index];
}

/** The backslashes from `at` on, percent-encoded ones among them. */
function backslashes(text: string, at: number): { readonly count: number; readonly end: number } {
  let end = at;
  for (let count = 0; ; count += 1) {
    let next = end;
    if (text.charCodeAt(end) === BACKSLASH) next += 1;
    else if (text.charCodeAt(end) === PERCENT) {
      const digits = skip25(text, end + 1);
      if (hexValue(text, digits, 2) === BACKSLASH) next = digits + 2;
    }
    if (next === end || count === LONGEST_RUN) return { count, end };
    end = next;
  }
}

/** Where a percent-encoded character may end; `%2541` is an `A` encoded twice. Undefined: the text ends inside it. */
function percentEnds(text: string, start: number, char: string): readonly (number | undefined)[] {
  if (char === "%") return percentSignEnds(text, start);
  let at = start;
  for (const byte of new TextEncoder().encode(char)) {
    if (at >= text.length) return [undefined];
    if (text.charCodeAt(at) !== PERCENT) return [];
    at = skip25(text, at + 1);
    if (at + 2 > text.length) return [undefined];
    if (hexValue(text, at, 2) !== byte) return [];
    at += 2;
  }
  return [at];
}

/** In `%2525` the sign may have been encoded once or twice. */
function percentSignEnds(text: string, start: number): readonly (number | undefined)[] {
  const ends: (number | undefined)[] = [];
  const last = skip25(text, start + 1);
  for (let end = start + 3; end <= last; end += 2) ends.push(end);
  return last + 2 > text.length ? [...ends, undefined] : ends;
}

function skip25(text: string, from: number): number {
  let at = from;
  while (text.startsWith("25", at)) at += 2;
  return at;
}

/**
 * Adds to `bytes` the first bytes in UTF-8 of the characters that the escape at `at` may stand for, NaN for one that is
 * none or not complete: a cheap question before {@link follow}. Returns where the next escape can begin.
 */
export function escapedBytes(text: string, at: number, bytes: number[]): number {
  if (text.charCodeAt(at) === PLUS) {
    bytes.push(SPACE);
    return at + 1;
  }
  const run = backslashes(text, at);
  if (run.count === 0) {
    percentBytes(text, at, bytes);
    return at + 1;
  }
  const letter = text.charCodeAt(run.end);
  bytes.push(BACKSLASH);
  if (letter === LETTER_U) bytes.push(firstByte(hexValue(text, run.end + 1, 4)));
  else if (letter === PERCENT) percentBytes(text, run.end, bytes);
  else bytes.push(SHORT_ESCAPES.get(letter) ?? firstByte(letter));
  return run.end;
}

function percentBytes(text: string, start: number, bytes: number[]): void {
  const at = skip25(text, start + 1);
  if (at > start + 1) bytes.push(PERCENT);
  bytes.push(hexValue(text, at, 2));
}

/** The first byte of a UTF-16 unit's character in UTF-8, NaN for NaN; half of a pair counts as half of a good one. */
export function firstByte(unit: number): number {
  if (unit < 0x80 || Number.isNaN(unit)) return unit;
  if (unit < 0x800) return 0xc0 | (unit >> 6);
  if (unit < 0xd800 || unit > 0xdbff) return 0xe0 | (unit >> 12);
  return 0xf0 | ((0x10000 + ((unit & 0x3ff) << 10)) >> 18);
}

/** The number that `length` hexadecimal digits stand for, NaN when other characters are among them. */
function hexValue(text: string, from: number, length: number): number {
  let value = 0;
  for (let at = from; at < from + length; at += 1) {
    const code = text.charCodeAt(at);
    const letter = code | 0x20;
    if (code >= 0x30 && code <= 0x39) value = value * 16 + code - 0x30;
    else if (letter >= 0x61 && letter <= 0x66) value = value * 16 + letter - 0x57;
    else return Number.NaN;
  }
  return value;
}

function isPunctuation(code: number): boolean {
  return code > SPACE && code < 0x7f && !/[0-9A-Za-z]/.test(String.fromCharCode(code));
}
