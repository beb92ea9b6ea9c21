import { FlowError } from "../core/flow-error.ts";
import type { Splits } from "../core/ports/splits.ts";
import type { SplitTable } from "../core/split.ts";

// Each failure means that somebody else changed something meanwhile.
const MOST_TRIES = 5;

/**
 * Changes how events are shared, on what others may have written meanwhile; what stays as it is is not written.
 * @throws FlowError `server_error` when others are faster again and again, or what the store threw.
 */
export async function changeSplits(
  splits: Splits,
  change: (table: SplitTable) => SplitTable,
): Promise<SplitTable> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const before = await splits.read();
    const after = change(before);
    if (JSON.stringify(after.splits) === JSON.stringify(before.splits)) return before;
    if (await splits.write(after)) return after;
  }
  throw new FlowError(
    "server_error",
    "which versions serve is changed by others again and again: try once more",
  );
}
