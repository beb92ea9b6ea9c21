import type { Rule } from "../../rule.ts";

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
