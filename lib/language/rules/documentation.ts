import type { Rule } from "../rule.ts";

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

/** Files that don't say what they are for. */
export const noDescription: Rule = {
  id: "no-description",
  severity: "note",
  area: "documentation",
  summary: "The workflow says in a sentence what it is for",
  why: "The console shows it, and those who are woken at night read it.",
  *check({ workflow, root }) {
    if (workflow.description?.trim()) return;
    yield {
      at: root.at,
      message: "the workflow has no description",
      hint: "add description: and one sentence",
    };
  },
};
