import type { Claim, ClaimResult } from "../core/ports/run-store.ts";
import { isFinal, type RunStatus } from "../core/run.ts";

/** A claim this much before `not_before` is let through: a delayed message may arrive a moment early. */
export const EARLY_CLAIM_MS = 2_000;

/** What decides on a claim. */
export interface Claimable {
  readonly status: RunStatus;
  readonly leaseUntil?: number | undefined;
  readonly notBefore?: number | undefined;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
}

/** Why a run cannot be claimed; undefined when it can. */
export function claimRefusal(
  run: Claimable,
  { now, evicts }: Claim,
): Exclude<ClaimResult, { readonly kind: "claimed" }> | undefined {
  if (run.expiresAt <= now / 1000) return { kind: "missing" };
  if (isFinal(run.status)) return { kind: "final", status: run.status };
  if (evicts) return undefined;
  if (run.leaseUntil !== undefined && run.leaseUntil > now) return { kind: "held", until: run.leaseUntil };
  if (run.notBefore !== undefined && run.notBefore > now + EARLY_CLAIM_MS)
    return { kind: "early", notBefore: run.notBefore };
  return undefined;
}
