const ESCAPES: { readonly [char: string]: string } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};
const CHARACTERS: { readonly [entity: string]: string } = Object.fromEntries(
  Object.entries(ESCAPES).map(([char, entity]) => [entity, char]),
);

/** Text as it stands inside an XML element: it cannot end it. What XML has no character for becomes U+FFFD. */
export function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replace(/[&<>"']/g, (char) => ESCAPES[char] ?? char);
}

/** The text of the first element of a name, whatever its prefix; undefined when there is none. */
export function elementText(xml: string, name: string): string | undefined {
  const content = "[^<]*(?:<!\\[CDATA\\[[\\s\\S]*?\\]\\]>[^<]*)*";
  const found = new RegExp(`<(?:[\\w.-]+:)?${name}(?:\\s[^>]*)?>(${content})</`).exec(xml)?.[1];
  return found?.replace(CHARACTER_DATA, (whole, literal?: string) => literal ?? characterOf(whole)).trim();
}

/** What stands for other characters: a CDATA section, or an entity by name, decimal or hexadecimal number. */
const CHARACTER_DATA = /<!\[CDATA\[([\s\S]*?)\]\]>|&(?:#\d{1,7}|#x[\da-f]{1,6}|amp|lt|gt|quot|apos);/gi;

function characterOf(entity: string): string {
  const [, hex, decimal] = /^&#(?:x([\da-f]+)|(\d+));$/i.exec(entity) ?? [];
  const code = hex ? Number.parseInt(hex, 16) : Number(decimal);
  if (code <= 0x10ffff) return String.fromCodePoint(code);
  return CHARACTERS[entity] ?? entity;
}
