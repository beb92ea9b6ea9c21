import { placeholdersIn } from "../core/template.ts";
import type { Verification } from "../core/verification.ts";

/**
 * Whether what is verified is of the whole body, whatever its type: another body would not fit. A form is covered by its fields, and
 * by the hash of a body every other one.
 */
export function coversBody(rule: Verification): boolean {
  if (rule.scheme === "jwt") return rule.bodyHashClaim !== undefined;
  if (!("signed" in rule)) return false;
  const parts = [...placeholdersIn(rule.signed)].map(({ source }) => "path" in source && source.path[0]);
  return parts.includes("body") || (rule.bodyHash !== undefined && parts.includes("form"));
}
