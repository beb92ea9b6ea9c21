import { type Json, type JsonObject, parseJson } from "./json.ts";

/** Reads one JSON value from its UTF-8 bytes as they come. */
export interface JsonReader {
  /** Takes the next bytes, and keeps none of them. @throws as {@link JsonReader.end} */
  push(bytes: Uint8Array): void;
  /** The value, the same as `parseJson` makes of the whole text. @throws SyntaxError or TypeError for what is no JSON in UTF-8 */
  end(): Json;
}

/** A list or an object of which the end has not come yet. */
interface Open {
  readonly value: Json[] | Record<string, Json>;
  readonly closedBy: number;
  isEmpty: boolean;
}

const PIECE_BYTES = 64 * 1024;
const OWN = { configurable: true, enumerable: true, writable: true };
const [COMMA, QUOTE, BACKSLASH] = [0x2c, 0x22, 0x5c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * A reader that holds little of the text at a time: whenever `pieceBytes` have come, it parses the elements that are whole and joins
 * them onto the list or object that they belong to. One text or number is parsed as a whole, however long it is.
 */
export function createJsonReader(pieceBytes = PIECE_BYTES): JsonReader {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const outermost: Json[] = [];
  const open: Open[] = [{ value: outermost, closedBy: Number.NaN, isEmpty: true }];
  let bytes = new Uint8Array(pieceBytes);
  let length = 0;
  /** Where what is not parsed yet begins. */
  let start = 0;

  function take(end: number, tail = ""): Json | undefined {
    const last = join(innermost(), decoder.decode(bytes.subarray(start, end)) + tail);
    start = end;
    return last;
  }

  function innermost(): Open {
    return open.at(-1) as Open;
  }

  /** A list or an object begins of which the end has not come: it is joined empty, and then filled. */
  function begin(at: number): void {
    const isList = bytes[at] === OPEN_LIST;
    const value = take(at, isList ? "[]" : "{}") as Open["value"];
    open.push({ value, closedBy: isList ? CLOSE_LIST : CLOSE_OBJECT, isEmpty: true });
    start = at + 1;
  }

  function close(at: number): void {
    if (bytes[at] !== innermost().closedBy) throw new SyntaxError("a bracket closes what is not open");
    take(at);
    open.pop();
    start = at + 1;
  }

  function endOfText(from: number): number {
    let at = from + 1;
    while (at < length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
    return at;
  }

  /** Parses what is whole, and goes into what is not until at most half of the bytes are left. */
  function parse(): void {
    // The innermost that is open, and what begins in it and does not end: where, and the last comma right inside.
    const begun = [{ at: -1, comma: -1 }];
    for (let at = 0; at < length; at += 1) {
      const byte = bytes[at];
      if (byte === QUOTE) at = endOfText(at);
      else if (byte === OPEN_LIST || byte === OPEN_OBJECT) begun.push({ at, comma: -1 });
      else if (byte === COMMA) (begun.at(-1) as (typeof begun)[0]).comma = at;
      else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
        if (begun.length > 1) begun.pop();
        else {
          close(at);
          begun[0] = { at: -1, comma: -1 };
        }
      }
    }
    for (const { at, comma } of begun) {
      if (length - start <= bytes.length / 2) break;
      if (at >= 0) begin(at);
      if (comma > start) take(comma);
    }
    const left = bytes.subarray(start, length);
    if (left.length === bytes.length) bytes = new Uint8Array(2 * bytes.length);
    bytes.set(left);
    length = left.length;
    start = 0;
  }

  return {
    push(more) {
      for (let at = 0; at < more.length; ) {
        const part = more.subarray(at, at + bytes.length - length);
        bytes.set(part, length);
        length += part.length;
        at += part.length;
        if (length === bytes.length) parse();
      }
    },
    end() {
      parse();
      take(length);
      if (open.length > 1 || outermost.length !== 1) throw new SyntaxError("it is not one value");
      return outermost[0] as Json;
    },
  };
}

/** Joins the elements in a text onto a list or an object, and gives the last of them. */
function join(within: Open, text: string): Json | undefined {
  const { value, isEmpty } = within;
  const elements = isEmpty ? text : behindComma(text);
  if (elements === undefined) return undefined;
  const joined = Array.isArray(value) ? joinList(value, elements) : joinObject(value, elements);
  if (joined.length > 0) within.isEmpty = false;
  else if (!isEmpty) throw new SyntaxError("nothing stands behind a comma");
  return joined.at(-1);
}

function joinList(list: Json[], text: string): readonly Json[] {
  const elements = parseJson(`[${text}]`) as readonly Json[];
  for (const element of elements) list.push(element);
  return elements;
}

/** As `JSON.parse` does it: the last one of a name counts, in the place of the first, and `__proto__` is a name as any other. */
function joinObject(object: Record<string, Json>, text: string): readonly Json[] {
  const added = parseJson(`{${text}}`) as JsonObject;
  for (const [key, value] of Object.entries(added)) {
    if (key === "__proto__") Object.defineProperty(object, key, { value, ...OWN });
    else object[key] = value;
  }
  return Object.values(added);
}

/** Undefined for a text that is blank. */
function behindComma(text: string): string | undefined {
  const at = text.search(/[^ \t\n\r]/);
  if (at < 0) return undefined;
  if (text[at] !== ",") throw new SyntaxError("no comma stands between two elements");
  return text.slice(at + 1);
}
