import type { Rule } from "../../rule.ts";

/** Files that don't say what changed. */
export const noChangelog: Rule = {
  id: "no-changelog",
  severity: "note",
  area: "documentation",
  summary: "The file begins with its changelog",
  why: "Who looks at a run of last week wants to know what was different then.",
  *check({ workflow }) {
    if (workflow.changelog.length > 0) return;
    yield {
      at: 0,
      message: "the file has no changelog",
      hint: 'begin with "# v1.0.0 - 2026-01-31" and lines "# - what changed"',
    };
  },
};
