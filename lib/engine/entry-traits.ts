import type { EntryTraits } from "./journal.ts";
import type { Place } from "./walk.ts";

/** How entries of the step at this place behave. */
export function entryTraits({ definition, node }: Pick<Place, "definition" | "node">): EntryTraits {
  const { effect, repeatable } = definition;
  const isRepeatable = typeof repeatable === "function" ? repeatable(node.params) : repeatable;
  // A second try may find another result in the cache, or none.
  return { effect, repeatable: isRepeatable && !node.cache };
}
