/** Why a delivery was refused. */
export type RefusalReason =
  | "signature_missing"
  | "signature_malformed"
  | "signature_wrong"
  | "timestamp_missing"
  | "timestamp_malformed"
  | "timestamp_stale"
  | "timestamp_future"
  | "body_hash_missing"
  | "body_hash_wrong"
  | "credential_missing"
  | "credential_malformed"
  | "credential_wrong";

/** A delivery that is not from whom the workflow expects. */
export interface Refusal {
  readonly kind: "refused";
  /** 400 for what cannot be read, 401 for what is missing or wrong. */
  readonly status: 400 | 401;
  readonly reason: RefusalReason;
  /** Names what was expected, never what was computed. */
  readonly message: string;
}

/** What came of verifying a delivery. */
export type Verdict = { readonly kind: "verified" } | Refusal;

/** The delivery is from whom the workflow expects. */
export const VERIFIED: Verdict = { kind: "verified" };

/** A {@link Refusal}; what cannot be read is malformed, and everything else unauthorised. */
export function refuse(reason: RefusalReason, message: string): Refusal {
  return { kind: "refused", status: reason.endsWith("_malformed") ? 400 : 401, reason, message };
}
