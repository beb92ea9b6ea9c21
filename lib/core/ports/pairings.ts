/**
 * Webhooks that wait for the secret which their service sends once, at the start. Every method may throw FlowError when the store
 * cannot be reached.
 */
export interface Pairings {
  /** Lets a workflow's webhook take one secret until a time, milliseconds since the epoch; one that it has not handed out is forgotten. */
  open(workflow: string, until: number): Promise<void>;
  /** Keeps the secret until it is handed out. False, and nothing is kept: the webhook waits for none, or has one. */
  give(workflow: string, secret: string, now: number): Promise<boolean>;
  /** Hands the secret out, which ends the pairing; undefined while there is none. */
  take(workflow: string): Promise<string | undefined>;
  /** Ends the pairing, and forgets a secret that was not handed out. */
  close(workflow: string): Promise<void>;
}

/** When a secret may be deleted that nobody took, in milliseconds: whoever opened the pairing has died. */
export const PAIRED_SECRET_KEPT_MS = 5 * 60_000;
