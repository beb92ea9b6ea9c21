/**
 * Everything that moves a terminal's cursor, changes its colours or rings its bell (C0 without tab and line break, DEL, C1), and
 * what turns text around or breaks lines (UAX #9's explicit marks, U+2028, U+2029).
 */
const CONTROL = /[[\p{Cc}\p{Bidi_Control}\u2028\u2029]--[\t\n]]/gv;

/** Text of strangers as a terminal may show it: control characters are written out, as JSON writes them. */
export function printable(text: string): string {
  return text.replace(CONTROL, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The same on one line. */
export function printableLine(text: string): string {
  return printable(text.replaceAll(/\s*\n\s*/g, " "));
}
