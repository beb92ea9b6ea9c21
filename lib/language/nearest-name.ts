/** Longer texts are no misspelt names, and comparing them would cost time. */
const LONGEST_NAME = 64;

/** The known name that a misspelt one most likely means, or undefined when none is near. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  if (name === "" || name.length > LONGEST_NAME) return undefined;
  const wanted = plain(name);
  const most = Math.min(wanted.length - 1, Math.max(1, Math.floor(wanted.length / 3)));
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const spelling = plain(candidate);
    const distance = editDistance(wanted, spelling);
    if (distance < least && (distance <= most || beginsAlike(wanted, spelling))) {
      [best, least] = [candidate, distance];
    }
  }
  return best;
}

/** `retry` for `retries`, `input` for `input_from`: three quarters of the shorter name, and four letters. */
function beginsAlike(a: string, b: string): boolean {
  const shorter = Math.min(a.length, b.length);
  let shared = 0;
  while (shared < shorter && a[shared] === b[shared]) shared += 1;
  return shared >= Math.max(4, shorter * 0.75);
}

/** A folder may hold hundreds of workflows; the step types fit. */
const MOST_SHOWN = 30;

/** The hint for a name that is not known: the nearest one, else those there are. */
export function nameHint(name: string, known: readonly string[]): string | undefined {
  const near = nearestName(name, known);
  if (near !== undefined) return `did you mean "${near}"?`;
  if (known.length === 0) return undefined;
  const more = known.length > MOST_SHOWN ? ` and ${known.length - MOST_SHOWN} more` : "";
  return `known here: ${known.slice(0, MOST_SHOWN).join(", ")}${more}`;
}

/** `outputTo`, `output-to` and `Output_To` differ from `output_to` in their spelling only. */
function plain(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .replace(/[-\s]/g, "_")
    .toLowerCase();
}

/**
 * True when one name is most likely a slip of the other: a letter missing, doubled, wrong or swapped inside. Names that
 * differ in their first or last letter, in digits or in the spelling of word breaks may well be two names.
 */
export function isSlip(name: string, known: string): boolean {
  if (name[0] !== known[0] || Math.max(name.length, known.length) > LONGEST_NAME) return false;
  const [a, b] = [name, known].map((one) => plain(one).replaceAll("_", ""));
  if (a === undefined || b === undefined || a === b || Math.min(a.length, b.length) < 5) return false;
  const [stem, otherStem] = [a.slice(0, -1), b.slice(0, -1)];
  if (stem === otherStem || stem === b || a === otherStem) return false;
  if (a.replace(/\d/g, "") === b.replace(/\d/g, "")) return false;
  const distance = editDistance(a, b);
  return distance === 1 || (distance === 2 && Math.min(a.length, b.length) >= 9);
}

/** Insertions, deletions, replacements and swaps of neighbours (Damerau's optimal string alignment). */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replace = (previous[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cost = Math.min(replace, (previous[j] as number) + 1, (row[j - 1] as number) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (before[j - 2] as number) + 1);
      }
      row.push(cost);
    }
    before = previous;
    previous = row;
  }
  return previous[b.length] as number;
}
