import { type DeadLetterReason, formatMessage, type Queue, type RunMessage } from "../../core/ports/queue.ts";

import { createMemoryDeadLetters, type MemoryDeadLetters } from "./memory-dead-letters.ts";

/** A message as a consumer receives it. */
export interface ReceivedMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** Deliveries so far, this one included. */
  readonly receiveCount: number;
}

/** A message in the dead-letter queue. */
export interface DeadMessage {
  readonly message: RunMessage;
  readonly reason: DeadLetterReason;
}

/** The consumer's side of the queue, which the real one gives to the event source mapping. */
export interface MemoryQueue extends Queue {
  /** Takes up to `max` messages that are visible and hides them. */
  receive(max: number): readonly ReceivedMessage[];
  /** Removes a message that was received; an outdated handle changes nothing. */
  acknowledge(receiptHandle: string): void;
  /** Every message that was buried, also one that somebody has removed since. */
  readonly deadLetters: readonly DeadMessage[];
  /** The dead-letter queue as operators read it. */
  readonly deadLetterQueue: MemoryDeadLetters;
  /** When the next hidden message appears, milliseconds since the epoch; undefined: the queue is empty. */
  nextVisibleAt(): number | undefined;
}

/** How a {@link MemoryQueue} hides messages. */
export interface MemoryQueueOptions {
  /** Milliseconds since the epoch; default: the system's clock. */
  readonly now?: () => number;
  /** How long a received message stays hidden, seconds. */
  readonly visibilitySeconds?: number;
}

interface StoredMessage {
  readonly id: string;
  readonly body: string;
  receiveCount: number;
  visibleAt: number;
}

/** A work queue in this process's memory: standard delivery, first in first out among what is visible. */
export function createMemoryQueue({
  now = Date.now,
  visibilitySeconds = 30,
}: MemoryQueueOptions = {}): MemoryQueue {
  const messages = new Map<string, StoredMessage>();
  const deadLetters: DeadMessage[] = [];
  const deadLetterQueue = createMemoryDeadLetters({ now });
  let sent = 0;

  const send: Queue["send"] = async (message, delaySeconds = 0) => {
    sent += 1;
    const id = `message-${sent}`;
    messages.set(id, {
      id,
      body: formatMessage(message),
      receiveCount: 0,
      visibleAt: now() + delaySeconds * 1000,
    });
  };
  /** A handle is good for the delivery it came with only. */
  const receivedAs = (receiptHandle: string): StoredMessage | undefined => {
    const [id = "", count] = receiptHandle.split("/");
    const message = messages.get(id);
    return message?.receiveCount === Number(count) ? message : undefined;
  };

  return {
    send,
    async sendAll(all) {
      for (const message of all) await send(message);
    },
    async giveBack(receiptHandle, seconds) {
      const message = receivedAs(receiptHandle);
      if (message) message.visibleAt = now() + seconds * 1000;
    },
    async deadLetter(message, reason) {
      deadLetters.push({ message, reason });
      deadLetterQueue.bury(formatMessage(message), reason);
    },
    receive(max) {
      const visible = [...messages.values()].filter(({ visibleAt }) => visibleAt <= now());
      return visible.slice(0, max).map((message) => {
        message.receiveCount += 1;
        message.visibleAt = now() + visibilitySeconds * 1000;
        return {
          messageId: message.id,
          receiptHandle: `${message.id}/${message.receiveCount}`,
          body: message.body,
          receiveCount: message.receiveCount,
        };
      });
    },
    acknowledge(receiptHandle) {
      const message = receivedAs(receiptHandle);
      if (message) messages.delete(message.id);
    },
    deadLetterQueue,
    deadLetters,
    nextVisibleAt() {
      return messages.size === 0
        ? undefined
        : Math.min(...[...messages.values()].map(({ visibleAt }) => visibleAt));
    },
  };
}
