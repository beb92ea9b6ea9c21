import { SECRET_SHAPES, type SecretShape } from "./secret-shapes.ts";

/** A secret in a text: UTF-16 offsets, the end not included. */
export interface FoundSecret {
  readonly at: number;
  readonly end: number;
  readonly kind: string;
}

/** What has the shape of a known kind of secret, anywhere in a text, in its order. Samples such as `sk-xxxx…` are none. */
export function findSecrets(text: string): readonly FoundSecret[] {
  const found = SECRET_SHAPES.flatMap((shape) => [...matches(text, shape)]).sort((a, b) => a.at - b.at);
  return found.filter(
    (one, index) => !found.slice(Math.max(0, index - 3), index).some(({ end }) => end > one.at),
  );
}

function* matches(text: string, { kind, pattern }: SecretShape): Generator<FoundSecret> {
  for (const match of text.matchAll(pattern)) {
    const secret = match[1] ?? match[0];
    const at = match.index + match[0].lastIndexOf(secret);
    if (!isSample(secret)) yield { at, end: at + secret.length, kind };
  }
}

/** What documentation and tests write in the place of a secret. */
export function isSample(value: string): boolean {
  return /example|sample|dummy|placeholder|change-?_?me|your[-_ ]|x{5,}|\*{3,}|\.{3}|…|^<.*>$|0{8,}|(?:abc|123){3,}/i.test(
    value,
  );
}

/** The beginning of a secret, enough to find it again and too little to use it. */
export function maskSecret(secret: string): string {
  return `${secret.slice(0, Math.min(4, Math.floor(secret.length / 4)))}***`;
}

/** The words with a secret masked, also where they hold its beginning only. */
export function withoutSecret(words: string, secret: string): string {
  const beginning = secret.slice(0, 12);
  const at = words.indexOf(beginning);
  if (at < 0) return words;
  let end = at + beginning.length;
  while (end < words.length && words[end] === secret[end - at]) end += 1;
  return words.slice(0, at) + maskSecret(secret) + withoutSecret(words.slice(end), secret);
}

/** The text with secrets blanked, character by character so that lines and columns stay. */
export function blankSecrets(text: string, secrets: readonly FoundSecret[]): string {
  return secrets.reduceRight((blanked, { at, end }) => {
    const shown = Math.min(4, Math.floor((end - at) / 4));
    const stars = text.slice(at + shown, end).replace(/[^\r\n]/g, "*");
    return blanked.slice(0, at + shown) + stars + blanked.slice(end);
  }, text);
}
