import type { Json } from "../core/json.ts";
import type { ItemsPart, StepContext } from "../core/step-context.ts";
import type { PartEnd } from "../core/step-result.ts";
import { endsRun, isInterruption, runPart } from "./block-ends.ts";

/** Isolated items under way at once where the file does not say how many. */
export const DEFAULT_CONCURRENCY = 10;

/** How a loop's items run. */
interface ItemSettings {
  readonly var: string;
  readonly scope: "shared" | "isolated";
  readonly concurrency?: number | undefined;
  readonly on_item_error: "fail" | "continue";
  readonly result_from?: string | undefined;
}

/**
 * Runs a loop's block for items; their ends in the order of the list, of which those have none that were not begun. Shared
 * items stop at the first that does not end well; of isolated ones all are tried.
 */
export async function workItems(
  { items, from }: ItemsPart,
  settings: ItemSettings,
  context: StepContext,
): Promise<PartEnd[]> {
  const ends: PartEnd[] = new Array(items.length);
  const { scope } = settings;
  const isolated = scope === "isolated";
  let next = 0;
  let stopped = false;
  const work = async (): Promise<void> => {
    while (next < items.length && !stopped) {
      context.signal.throwIfAborted();
      const index = next;
      next += 1;
      const end = await runPart(context, {
        label: "steps",
        at: `items.${from + index}`,
        scope,
        bind: { [settings.var]: items[index] as Json },
        resultFrom: settings.result_from,
        acceptsFailure: settings.on_item_error === "continue",
      });
      ends[index] = end;
      stopped ||= isolated ? stopsOthers(end) : isInterruption(end);
    }
  };
  const workers = isolated ? Math.min(settings.concurrency ?? DEFAULT_CONCURRENCY, items.length) : 1;
  const working = Array.from({ length: workers }, () =>
    work().catch((fault: unknown) => {
      stopped = true;
      throw fault;
    }),
  );
  // What is thrown is no item's failure; items under way end before it is handed on.
  const settled = await Promise.allSettled(working);
  const broken = settled.find((one) => one.status === "rejected");
  if (broken) throw broken.reason;
  return ends;
}

function stopsOthers(end: PartEnd): boolean {
  return endsRun(end) || (end.kind === "pause" && end.pause.reason === "hand_over");
}
