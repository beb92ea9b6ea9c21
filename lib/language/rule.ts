import type { Problem } from "./problem.ts";

/** What the reference says of a rule. */
export interface RuleText {
  /** Default: error. */
  readonly severity?: Problem["severity"];
  /** The rule, as a sentence that holds for a file that keeps it. */
  readonly summary: string;
  /** What happens to those who don't keep it. */
  readonly why: string;
}
