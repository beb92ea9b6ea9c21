import type { DeadLetterReason } from "./queue.ts";

/** A message of the dead-letter queue. */
export interface DeadLetter {
  readonly messageId: string;
  /** Good for the delivery it came with. */
  readonly receiptHandle: string;
  readonly body: string;
  /** Absent: no code of ours wrote the message. */
  readonly runId?: string;
  /** Absent: the queue itself gave the message up. */
  readonly reason?: DeadLetterReason;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
}

/**
 * The dead-letter queue as somebody reads it who looks after it. Reading is receiving: what was received is hidden from
 * everybody for a while. Every method may throw FlowError `connection`, `rate_limited` or `server_error`.
 */
export interface DeadLetters {
  /** Some of the messages that are not hidden, ten at most, and hides them; none: there are no more. */
  receive(hiddenSeconds: number): Promise<readonly DeadLetter[]>;
  /** Deletes a message that was received. */
  remove(receiptHandle: string): Promise<void>;
  /** Shows a message again that was received; one that is shown or gone already changes nothing. */
  putBack(receiptHandle: string): Promise<void>;
}
