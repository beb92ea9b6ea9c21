import type { Receipt } from "../core/ports/deliveries.ts";
import type { WebhookAnswer } from "./webhook-answer.ts";

/** What came of a delivery: the sender's answer, and what is kept of one that became no run of its own. */
export interface Handled {
  readonly answer: WebhookAnswer;
  readonly receipt?: Pick<Receipt, "outcome" | "reason" | "runId">;
  /** The run whose end the sender may wait for; absent: there is none. */
  readonly runId?: string;
}
