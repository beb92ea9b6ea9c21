import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";

/**
 * A file's text. Another encoding is refused: read as UTF-8 its letters would be lost without a word.
 * @throws what {@link readFileSync} throws, and an Error whose message ends the sentence "… cannot be read: ".
 */
export function readTextFile(path: string): string {
  const bytes = readFileSync(path);
  if (isUtf8(bytes)) return bytes.toString("utf8");
  throw new Error(`line ${firstForeignLine(bytes)} is not UTF-8 text: save the file as UTF-8`);
}

/** No character of UTF-8 has the byte of a line break inside it. */
function firstForeignLine(bytes: Buffer): number {
  for (let line = 1, start = 0; ; line++) {
    const end = bytes.indexOf(0x0a, start);
    if (end < 0 || !isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
  }
}
