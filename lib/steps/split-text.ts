// Scripts written without spaces: each of their characters counts as a word.
const SPACELESS =
  "\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}\\p{sc=Myanmar}\\p{sc=Tibetan}";
const ANY_SPACELESS = new RegExp(`[${SPACELESS}]`, "u");
const SPACELESS_WORD = new RegExp(`[${SPACELESS}][\\p{M}\\p{P}]*|[^\\s${SPACELESS}]+`, "gu");
const SPACED_WORD = /\S+/g;

/** Where a word ends, and how good a place it is to break the text. */
interface Word {
  readonly start: number;
  readonly end: number;
  /** 3: end of a paragraph, 2: of a line, 1: of a sentence, 0: of a word. */
  readonly rank: number;
}

/**
 * Pieces of a text with at most `size` words, each beginning with the last `overlap` words of the one before. A piece
 * ends at the best place in the second half of what it could hold, and the last of the best.
 */
export function* splitText(text: string, { size, overlap }: { size: number; overlap: number }) {
  const words = wordsOf(text);
  for (let first = 0; first < words.length; ) {
    const last = lastOf(words, first, { size, overlap });
    yield text.slice(words[first]?.start, words[last]?.end);
    if (last === words.length - 1) return;
    first = last + 1 - overlap;
  }
}

/** Index of a piece's last word; behind the overlap, so that every piece brings something new. */
function lastOf(words: readonly Word[], first: number, { size, overlap }: { size: number; overlap: number }) {
  const furthest = first + size - 1;
  if (furthest >= words.length - 1) return words.length - 1;
  const nearest = first + Math.max(Math.ceil(size / 2), overlap + 1) - 1;
  let best = furthest;
  for (let at = furthest; at >= nearest; at -= 1)
    if ((words[at]?.rank ?? 0) > (words[best]?.rank ?? 0)) best = at;
  return best;
}

function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  let before: RegExpExecArray | undefined;
  for (const match of text.matchAll(ANY_SPACELESS.test(text) ? SPACELESS_WORD : SPACED_WORD)) {
    if (before) words.push(wordAt(before, text.slice(before.index + before[0].length, match.index)));
    before = match;
  }
  if (before) words.push(wordAt(before, ""));
  return words;
}

function wordAt({ 0: word, index }: RegExpExecArray, gap: string): Word {
  return { start: index, end: index + word.length, rank: rankOf(word, gap) };
}

function rankOf(word: string, gap: string): number {
  if (gap !== " ") {
    if (/\n\s*\n|\r\s*\r|\u2029/.test(gap)) return 3;
    if (/[\n\r\u2028]/.test(gap)) return 2;
  }
  return /[.!?…。！？।][\p{Pe}\p{Pf}"'*_]*$/u.test(word) ? 1 : 0;
}
