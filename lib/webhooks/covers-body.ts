import { placeholdersIn } from "../core/template.ts";
import type { Verification } from "../core/verification.ts";

/** Whether what is verified is of the whole body: another body would not fit. */
export function coversBody(rule: Verification): boolean {
  if (rule.scheme === "jwt") return rule.bodyHashClaim !== undefined;
  if (!("signed" in rule)) return false;
  const parts = [...placeholdersIn(rule.signed)].map(({ source }) => "path" in source && source.path[0]);
  return rule.bodyHash !== undefined || parts.includes("body") || parts.includes("form");
}
