import type { ItemEnd } from "../core/chunk.ts";
import type { RunError } from "../core/journal.ts";
import type { Json } from "../core/json.ts";
import type { Pause } from "../core/step-result.ts";

/** How one attempt of a run ended. `ends`: the run worked through a part of a loop, and what that is told of its items. */
export type RunEnd =
  /** `reason`: why the file stopped the run before its last step. */
  | {
      readonly kind: "succeeded";
      readonly output?: Json;
      readonly reason?: string;
      readonly ends?: readonly ItemEnd[];
    }
  | { readonly kind: "dropped"; readonly reason: string }
  /** `heals`: a further delivery may succeed where this one failed. */
  | {
      readonly kind: "failed";
      readonly error: RunError;
      readonly heals: boolean;
      readonly retryAfterMs: number;
      readonly ends?: readonly ItemEnd[];
    }
  | { readonly kind: "cancelled"; readonly error: RunError }
  | { readonly kind: "paused"; readonly pause: Pause };
