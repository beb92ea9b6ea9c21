import { child, childrenOf, isMapping, type YamlNode } from "../../yaml-node.ts";
import { type FoundSecret, isSample } from "./find-secrets.ts";

const SECRET_NAME =
  /(?:^|[_-])(?:api[_-]?key|apikey|access[_-]?key|subscription[_-]?key|private[_-]?key|secret|token|password|passwd|passphrase|authorization)$/i;
const RANDOM_TEXT = /(?<![/\w.=+:-])[A-Za-z0-9][A-Za-z0-9+/_-]{31,99}={0,2}(?![/\w])/g;
/** Random letters and digits have about 5 bits a character, words and identifiers less than 4. */
const RANDOM_BITS = 4.2;

/**
 * What is a secret by the name of its key (`password: hunter2!`), by its declaration, or because it looks random. Values
 * under the keys `skip` are programs and prose, where what looks random is something else.
 */
export function guessSecrets(root: YamlNode, text: string, skip: readonly string[]): readonly FoundSecret[] {
  const found: FoundSecret[] = [];

  function visit(node: YamlNode, key: string): void {
    if (typeof node.value === "string") {
      const secret = SECRET_NAME.test(key) ? named(node, key) : undefined;
      if (secret) found.push(secret);
      else if (!skip.includes(key)) found.push(...random(node, text));
    }
    if (isMapping(node) && child(node, "secret")?.value === true) {
      const value = child(node, "default");
      if (value && typeof value.value === "string" && value.value !== "" && !isSample(value.value)) {
        found.push({ at: value.at, end: value.end, kind: "the default of a secret" });
        return;
      }
    }
    for (const [name, inner] of childrenOf(node)) visit(inner, node.items ? key : name);
  }

  visit(root, "");
  return found;
}

function named({ value, at, end }: YamlNode, key: string): FoundSecret | undefined {
  const text = String(value);
  const looksGiven = text.length >= 8 && /[^A-Za-z\s]/.test(text) && !/\s.*\s/.test(text);
  if (!looksGiven || text.includes("${") || isSample(text) || /^https?:\/\/[^@]*$/.test(text))
    return undefined;
  return { at, end, kind: `the value of "${key}"` };
}

function* random({ value, at, end }: YamlNode, text: string): Generator<FoundSecret> {
  const source = text.slice(at, end);
  if (String(value).length > 2_000 || source.includes("base64,") || source.startsWith("*")) return;
  for (const match of source.matchAll(RANDOM_TEXT)) {
    const [token] = match;
    const isMixed = /[a-z]/.test(token) && /[A-Z]/.test(token) && (token.match(/\d/g)?.length ?? 0) >= 3;
    if (!isMixed || isSample(token) || bitsPerCharacter(token) < RANDOM_BITS) continue;
    const start = at + match.index;
    yield { at: start, end: start + token.length, kind: "text that looks like a key" };
  }
}

/** Shannon's entropy of the characters. */
function bitsPerCharacter(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  return [...counts.values()].reduce(
    (bits, count) => bits - (count / text.length) * Math.log2(count / text.length),
    0,
  );
}
