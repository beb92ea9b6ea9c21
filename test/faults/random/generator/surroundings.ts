import { READABLE, type Readable } from "./random-texts.ts";

/** Where a step stands. */
export interface Surroundings {
  readonly depth: number;
  readonly readable: Readable;
  /** What tells apart the calls of one step in loops: a placeholder and its values. Undefined: that is not known. */
  readonly lanes: readonly Lane[] | undefined;
  /** Lists of the loops around. */
  readonly lists: readonly LoopSource[];
  /** Those of the loops around. */
  readonly variables: readonly string[];
  /** Those of them that are mappings. */
  readonly mappings: readonly string[];
  /** Something else runs at the same time. */
  readonly beside: boolean;
  /** A failure is accepted by a step around. */
  readonly accepted: boolean;
  readonly onFailure: boolean;
  readonly looped: boolean;
  /** It runs in a run of its own. */
  readonly distributed: boolean;
}

/** A placeholder for URLs, and what it may read. */
export interface Lane {
  readonly placeholder: string;
  readonly values: readonly string[];
}

/** A list to go through. Without `ids` nobody knows what is in it. */
export interface LoopSource {
  readonly path: string;
  readonly ids?: readonly string[];
  /** Its elements are mappings with `id` and `tags`. */
  readonly tags?: readonly string[];
}

/** The outermost place of a workflow whose event has these lists. */
export function outermost(lists: readonly LoopSource[]): Surroundings {
  return {
    depth: 3,
    readable: READABLE,
    lanes: [],
    lists,
    variables: [],
    mappings: [],
    beside: false,
    accepted: false,
    onFailure: false,
    looped: false,
    distributed: false,
  };
}

/** Every address that a step's calls may have below `base`; none where that is not known, or where they are many. */
export function addressesOf(base: string, { lanes }: Surroundings): readonly string[] {
  const all = lanes?.reduce<readonly string[]>(
    (urls, { values }) => urls.flatMap((url) => values.map((value) => `${url}/${value}`)),
    [base],
  );
  return all && all.length <= 9 ? all : [];
}
