import type { Splits } from "../../core/ports/splits.ts";
import { NO_SPLITS } from "../../core/split.ts";

/** How events are shared, in this process's memory: the same promises as in the table. */
export function createMemorySplits(): Splits {
  let kept = NO_SPLITS;
  return {
    read: async () => structuredClone(kept),
    async write(table) {
      if (table.revision !== kept.revision) return false;
      kept = { ...structuredClone(table), revision: table.revision + 1 };
      return true;
    },
  };
}
