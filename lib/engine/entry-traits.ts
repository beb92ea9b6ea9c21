import type { EntryTraits } from "./journal.ts";
import type { Place } from "./walk.ts";

/** How entries of the step at this place behave. */
export function entryTraits({ definition, node }: Pick<Place, "definition" | "node">): EntryTraits {
  const { effect, repeatable } = definition;
  return { effect, repeatable: typeof repeatable === "function" ? repeatable(node.params) : repeatable };
}
