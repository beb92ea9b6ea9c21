import type { Claim, ClaimResult } from "../core/ports/run-store.ts";
import { isFinal, type RunStatus } from "../core/run.ts";

/** A run that has taken this many processes down, alone in them and with nothing stored by the last, is not loaded again. */
export const MOST_DEATHS_ALONE = 2;

/** What is told of it. */
export const LOADS_FOR_THE_LAST_TIME = `was loaded by ${MOST_DEATHS_ALONE} processes that had no other run beside it, and both died before they had stored anything: it may be too large for their memory`;

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
  { now, evicts, inCompany }: Claim,
): Exclude<ClaimResult, { readonly kind: "claimed" }> | undefined {
  if (run.expiresAt <= now / 1000) return { kind: "missing" };
  if (isFinal(run.status)) return { kind: "final", status: run.status };
  if (evicts) return undefined;
  if (run.leaseUntil !== undefined && run.leaseUntil > now) return { kind: "held", until: run.leaseUntil };
  if (inCompany && run.leaseUntil !== undefined) return { kind: "suspect" };
  if (run.notBefore !== undefined && run.notBefore > now + EARLY_CLAIM_MS)
    return { kind: "early", notBefore: run.notBefore };
  return undefined;
}
