import type { ByteEncoding } from "../core/verification.ts";

const HEX = /^(?:[0-9a-fA-F]{2})+$/;
const BASE64 =
  /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)$|^(?:[A-Za-z0-9+/]{4})+$/;
const BASE64URL = /^[A-Za-z0-9_-]+={0,2}$/;

/** The bytes that a text stands for; undefined for one that is not of that encoding. */
export function decodeBytes(text: string, encoding: ByteEncoding): Buffer | undefined {
  switch (encoding) {
    case "hex":
    case "upper_hex":
      return HEX.test(text) ? Buffer.from(text, "hex") : undefined;
    case "base64":
      return BASE64.test(text) ? Buffer.from(text, "base64") : undefined;
    case "base64url":
      return BASE64URL.test(text) ? Buffer.from(text, "base64url") : undefined;
  }
}

/** Bytes as text. */
export function encodeBytes(bytes: Uint8Array, encoding: ByteEncoding): string {
  const text = Buffer.from(bytes).toString(encoding === "upper_hex" ? "hex" : encoding);
  return encoding === "upper_hex" ? text.toUpperCase() : text;
}
