import type { Edit, Fix } from "../problem.ts";

/** What became of a text, and which fixes are in it. */
export interface Fixed {
  readonly text: string;
  readonly applied: readonly Fix[];
}

/** Applies fixes in their order; one that touches what another one has changed is left out. */
export function applyFixes(text: string, fixes: readonly Fix[]): Fixed {
  const edits: Edit[] = [];
  const applied: Fix[] = [];
  for (const fix of fixes) {
    const known = fix.edits.filter((edit) => edits.some((other) => isSame(edit, other)));
    const fresh = fix.edits.filter((edit) => !known.includes(edit));
    if (fresh.length === 0 || fresh.some((edit) => edits.some((other) => overlap(edit, other)))) continue;
    edits.push(...fresh);
    applied.push(fix);
  }
  const changed = edits
    .toSorted((a, b) => b.at - a.at)
    .reduce((before, { at, end, text: put }) => before.slice(0, at) + put + before.slice(end), text);
  return { text: changed, applied };
}

function isSame(a: Edit, b: Edit): boolean {
  return a.at === b.at && a.end === b.end && a.text === b.text;
}

/** Two insertions at one place are both right, in some order; which one is not ours to say. */
function overlap(a: Edit, b: Edit): boolean {
  return a.at < b.end && b.at < a.end ? true : a.at === b.at;
}
