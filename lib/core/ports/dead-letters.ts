import type { DeadLetterReason } from "./queue.ts";

/** What a sender gave with a message beside its body: a text or bytes. */
export interface MessageAttribute {
  /** As the queue names types: `String`, `Number`, `Binary`, each with a label of the sender's. */
  readonly type: string;
  readonly text?: string;
  readonly bytes?: Uint8Array;
}

/** A message of a dead-letter queue. */
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
  /** By name; the reason is not among them. */
  readonly attributes: { readonly [name: string]: MessageAttribute };
  /** Messages of one group keep their order, in a queue that keeps one. */
  readonly group?: string;
  /** ARN of the queue that gave it up; absent where that is not known. */
  readonly givenUpBy?: string;
}

/**
 * A dead-letter queue as somebody reads it who looks after it. Reading is receiving: what was received is hidden from
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
