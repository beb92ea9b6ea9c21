import { parseTemplate } from "../../../core/template.ts";
import { child, nodeAt, type YamlNode } from "../../yaml-node.ts";
import type { FoundSecret } from "./find-secrets.ts";

/** The keys of `verify` under which callers are known; the key of a token may be a public one. */
const KEYS = ["secret", "password", "token", "value", "key"];

/** Secrets that a webhook verifies its callers with and that stand in the file, as text or as a placeholder's default. */
export function verifySecrets(root: YamlNode): readonly FoundSecret[] {
  const verify = nodeAt(root, ["input", "verify"]);
  return KEYS.flatMap((key) => {
    const node = verify && child(verify, key);
    const texts = node?.items ?? (node ? [node] : []);
    return texts.flatMap(({ value, at, end }) =>
      typeof value === "string" && holdsSecret(value)
        ? [{ at, end, kind: `the ${key} that callers are known by` }]
        : [],
    );
  });
}

function holdsSecret(text: string): boolean {
  if (text.includes("PUBLIC KEY")) return false;
  try {
    const parts = parseTemplate(text);
    return parts.every((part) => typeof part === "string" || (part.fallback ?? "") !== "");
  } catch {
    return false;
  }
}
