import type { DeadLetter, DeadLetters } from "../core/ports/dead-letters.ts";

/** A dead letter that is hidden from everybody else for the moment. */
export interface OpenLetter extends DeadLetter {
  /** Deletes it; it is shown again otherwise. */
  remove(): Promise<void>;
}

// Long enough to look at ten messages; whoever dies meanwhile hides them for no longer than this.
const HIDDEN_SECONDS = 60;
// Those seen first come back while many are read: only then are there no others when so many answers hold nothing new.
const STALE_ANSWERS = 20;

/**
 * Every dead letter, once. Those that are not removed are shown again when the loop over them ends, however it does.
 * @throws what the queue threw.
 */
export async function* openDeadLetters(letters: DeadLetters): AsyncGenerator<OpenLetter> {
  const hidden = new Map<string, string>();
  const seen = new Set<string>();
  try {
    for (let stale = 0; stale < STALE_ANSWERS; stale += 1) {
      const batch = await letters.receive(HIDDEN_SECONDS);
      if (batch.length === 0) return;
      for (const { messageId, receiptHandle } of batch) hidden.set(messageId, receiptHandle);
      for (const letter of batch.filter(({ messageId }) => !seen.has(messageId))) {
        stale = 0;
        seen.add(letter.messageId);
        const remove = async () => {
          await letters.remove(letter.receiptHandle);
          hidden.delete(letter.messageId);
        };
        yield { ...letter, remove };
      }
    }
  } finally {
    await Promise.allSettled([...hidden.values()].map((handle) => letters.putBack(handle)));
  }
}
