import type { DeadLetter, DeadLetters } from "../../core/ports/dead-letters.ts";
import { type DeadLetterReason, parseMessage } from "../../core/ports/queue.ts";

/** A dead-letter queue in this process's memory, and the side that buries. */
export interface MemoryDeadLetters extends DeadLetters {
  bury(body: string, reason?: DeadLetterReason): void;
  /** Every message, hidden or not, the oldest first. */
  readonly all: readonly DeadLetter[];
}

interface Buried {
  readonly letter: Omit<DeadLetter, "receiptHandle">;
  receiveCount: number;
  visibleAt: number;
}

// What SQS gives at once.
const MOST = 10;
// Ids of messages are unique across queues.
let count = 0;

/** Keeps dead letters until somebody removes them; `now` gives milliseconds since the epoch. */
export function createMemoryDeadLetters({
  now = Date.now,
}: {
  readonly now?: () => number;
} = {}): MemoryDeadLetters {
  const buried = new Map<string, Buried>();
  const handleOf = ({ letter, receiveCount }: Buried) => `${letter.messageId}/${receiveCount}`;
  const receivedAs = (receiptHandle: string): Buried | undefined => {
    const found = buried.get(receiptHandle.split("/")[0] ?? "");
    return found && handleOf(found) === receiptHandle ? found : undefined;
  };
  const shown = (one: Buried): DeadLetter => ({ ...one.letter, receiptHandle: handleOf(one) });
  return {
    bury(body, reason) {
      count += 1;
      const messageId = `dead-${count}`;
      const runId = parseMessage(body)?.runId;
      buried.set(messageId, {
        letter: {
          messageId,
          body,
          ...(runId !== undefined && { runId }),
          ...(reason && { reason }),
          sentAt: now(),
          attributes: {},
        },
        receiveCount: 0,
        visibleAt: now(),
      });
    },
    get all() {
      return [...buried.values()].map(shown);
    },
    async receive(hiddenSeconds) {
      const visible = [...buried.values()].filter(({ visibleAt }) => visibleAt <= now());
      return visible.slice(0, MOST).map((one) => {
        one.receiveCount += 1;
        one.visibleAt = now() + hiddenSeconds * 1000;
        return shown(one);
      });
    },
    async remove(receiptHandle) {
      const found = receivedAs(receiptHandle);
      if (found) buried.delete(found.letter.messageId);
    },
    async putBack(receiptHandle) {
      const found = receivedAs(receiptHandle);
      if (found) found.visibleAt = now();
    },
  };
}
