import type * as z from "zod";
import type { InputLimits } from "../core/workflow.ts";
import type { limitKeys } from "./limit-keys.ts";

/** A webhook's limits as the functions read them. */
export function compileLimits({
  rate,
  concurrency,
  debounce,
  batch,
}: z.infer<typeof limitKeys>): InputLimits {
  return {
    ...(rate && {
      rate: { count: rate.count, perSeconds: rate.per, ...keyOf(rate), over: rate.over },
    }),
    ...(concurrency && { concurrency: { count: concurrency.count, ...keyOf(concurrency) } }),
    ...(batch && { batch: { size: batch.size, seconds: batch.seconds, ...keyOf(batch) } }),
    ...(debounce && {
      debounce: {
        seconds: debounce.seconds,
        ...(debounce.max_seconds !== undefined && { maxSeconds: debounce.max_seconds }),
        ...keyOf(debounce),
      },
    }),
  };
}

function keyOf({ key }: { readonly key?: string | undefined }): { readonly key?: string } {
  return key === undefined ? {} : { key };
}
