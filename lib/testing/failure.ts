import type { Json } from "../core/json.ts";
import { formatPath, type Path } from "../core/path.ts";
import { mismatches } from "./pattern.ts";

/** Something that is not as a case says: a comparison, or a message in its place. */
export interface Failure {
  /** Where in `expect`. */
  readonly path: Path;
  /** What is compared, e.g. `state.company.name`. */
  readonly what: string;
  readonly expected?: string;
  readonly found?: string;
  readonly message?: string;
}

/** A failure for each place where a value differs from what is expected at a path of `expect`, if anything is. */
export function compare(path: Path, pattern: unknown, found: unknown): readonly Failure[] {
  if (pattern === undefined) return [];
  return mismatches(pattern as Json, found as Json, path).map((one) => ({
    ...one,
    what: formatPath(one.path),
  }));
}
