import { LOADER_RULES } from "../loader-rules.ts";
import type { Problem } from "../problem.ts";
import type { RuleText } from "../rule.ts";
import { RULES } from "./rules.ts";

/** A rule as the reference and other tools show it. */
export interface NamedRule extends Required<RuleText> {
  readonly id: string;
}

/** What `hookline-disable` comments can be wrong about. */
const COMMENTS: NamedRule = {
  id: "unknown-rule",
  severity: "note",
  summary: "Comments that switch rules off name rules that exist",
  why: "The comment does nothing, or no longer does.",
};

/** Every id that a problem can have: what loading finds, the rules of `check`, and what comments can be wrong about. */
export function ruleTexts(): readonly NamedRule[] {
  const loading = Object.entries<RuleText>(LOADER_RULES).map(([id, rule]) => named(id, rule));
  return [...loading, ...RULES.map((rule) => named(rule.id, rule)), COMMENTS];
}

function named(id: string, { severity = "error", summary, why }: RuleText): NamedRule {
  return { id, severity: severity satisfies Problem["severity"], summary, why };
}
