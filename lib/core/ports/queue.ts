/** All that a message says. */
export interface RunMessage {
  readonly runId: string;
}

/** The longest delay the queue can give a new message, in seconds (SQS: 15 minutes). */
export const MAX_DELAY_SECONDS = 900;

/** Why a message is in the dead-letter queue. */
export interface DeadLetterReason {
  readonly class: string;
  readonly message: string;
  readonly step: string | null;
}

/** The work queue and its dead-letter queue. */
export interface Queue {
  /** @throws FlowError `connection`, `server_error` or `rate_limited` when the queue did not take it. */
  send(message: RunMessage, delaySeconds?: number): Promise<void>;
  /** Sends any number, in batches the service takes. @throws as `send`, when any of them was not taken. */
  sendAll(messages: readonly RunMessage[]): Promise<void>;
  /** Hides a received message for `seconds` (at most 12 hours), after which it is delivered again. */
  giveBack(receiptHandle: string, seconds: number): Promise<void>;
  /** Puts a message into the dead-letter queue with its reason. */
  deadLetter(message: RunMessage, reason: DeadLetterReason): Promise<void>;
}

/** Text of a message's body: `{"run_id": "…"}`. */
export function formatMessage({ runId }: RunMessage): string {
  return JSON.stringify({ run_id: runId });
}

/** Reads a message's body; undefined for what no code of ours wrote. */
export function parseMessage(body: string): RunMessage | undefined {
  try {
    const { run_id: runId } = JSON.parse(body);
    return typeof runId === "string" ? { runId } : undefined;
  } catch {
    return undefined;
  }
}
