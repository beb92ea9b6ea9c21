import {
  type ChangeMessageVisibilityCommandInput,
  MessageNotInflight,
  type SendMessageBatchCommandInput,
  type SendMessageCommandInput,
} from "@aws-sdk/client-sqs";
import type { DeadLetterReason } from "../../../lib/core/ports/queue.ts";
import type { Chance } from "../random/chance.ts";
import type { ServiceRequest } from "./service-request.ts";
import { invalid } from "./simulated-table.ts";

/** A message as a consumer gets it. */
export interface Received {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly receiveCount: number;
}

/** A message in the dead-letter queue. */
export interface Buried {
  readonly body: string;
  /** Absent: the queue itself moved it there. */
  readonly reason?: DeadLetterReason;
}

/** How a queue misbehaves, as standard queues may. Shares of messages, or of tries. */
export interface Manners {
  /** Messages that are delivered twice, on their own. */
  readonly duplicates: number;
  /** Messages that come minutes late. */
  readonly late: number;
  /** Deletions that do not reach every server: the message comes once more. */
  readonly undeleted: number;
  /** Batches of which the queue does not take an entry. */
  readonly partial: number;
}

/** What a simulated queue is made of. */
export interface SimulatedQueueOptions {
  readonly url: string;
  readonly deadLetterUrl: string;
  readonly visibilityMs: number;
  readonly maxReceiveCount: number;
  readonly chance: Chance;
  manners(): Manners;
  now(): number;
  injected(kind: string): void;
  /** A message will be visible after `ms`. */
  visibleAfter(ms: number): void;
}

/** A standard queue of SQS and its dead-letter queue, in memory. */
export interface SimulatedQueue {
  perform(request: ServiceRequest): object;
  /** Up to `most` visible messages, in an order of chance. */
  receive(most: number): readonly Received[];
  delete(receiptHandle: string): void;
  readonly buried: readonly Buried[];
  /** Messages that were sent, by body. */
  readonly sent: ReadonlyMap<string, number>;
  readonly isEmpty: boolean;
  hasVisible(): boolean;
}

interface Message {
  readonly id: string;
  readonly body: string;
  readonly sentAt: number;
  visibleAt: number;
  receives: number;
  handle: string | undefined;
}

// Service quotas of SQS.
const MOST_BYTES = 1024 * 1024;
const MOST_DELAY_SECONDS = 900;
const MOST_VISIBILITY_SECONDS = 43_200;
const MOST_ENTRIES = 10;
const RETENTION_MS = 4 * 86_400_000;
const LATE_MS = 20 * 60_000;

/** Makes both queues, empty. */
export function createSimulatedQueue(options: SimulatedQueueOptions): SimulatedQueue {
  const { chance, now, url, injected } = options;
  const messages = new Set<Message>();
  const buried: Buried[] = [];
  const sent = new Map<string, number>();
  let count = 0;

  const hide = (message: Message, ms: number): void => {
    message.visibleAt = now() + ms;
    options.visibleAfter(ms);
  };
  const add = (id: string, body: string, delayMs: number): void => {
    const message = { id, body, sentAt: now(), visibleAt: 0, receives: 0, handle: undefined };
    messages.add(message);
    hide(message, delayMs);
  };
  const send = ({
    QueueUrl,
    MessageBody: body = "",
    DelaySeconds: delay = 0,
    MessageAttributes = {},
  }: SendMessageCommandInput) => {
    checkMessage(body, delay, MessageAttributes);
    count += 1;
    const id = `m${count}`;
    if (QueueUrl !== url) {
      const [errorClass, message = "", step = null] = ["reason_class", "reason_message", "reason_step"].map(
        (name) => MessageAttributes[name]?.StringValue,
      );
      buried.push({
        body,
        ...(errorClass !== undefined && { reason: { class: errorClass, message, step } }),
      });
      return { MessageId: id };
    }
    sent.set(body, (sent.get(body) ?? 0) + 1);
    const { late, duplicates } = options.manners();
    const isLate = chance.often(late);
    if (isLate) injected("queue: late");
    add(id, body, delay * 1000 + (isLate ? chance.scaled(1_000, LATE_MS) : chance.scaled(1, 50)));
    if (chance.often(duplicates)) {
      injected("queue: duplicate");
      add(id, body, delay * 1000 + chance.scaled(1, LATE_MS));
    }
    return { MessageId: id };
  };
  const sendBatch = ({ QueueUrl, Entries = [] }: SendMessageBatchCommandInput) => {
    if (Entries.length === 0 || Entries.length > MOST_ENTRIES) throw invalid(`a batch of ${Entries.length}`);
    const isPartial = chance.often(options.manners().partial);
    const refused = isPartial ? chance.between(0, Entries.length - 1) : -1;
    // The queue may have taken what it says it did not.
    const isTakenAfterAll = chance.often(0.3);
    if (isPartial) injected("queue: an entry of a batch refused");
    for (const [at, entry] of Entries.entries())
      if (at !== refused || isTakenAfterAll) send({ ...entry, QueueUrl });
    const Id = Entries[refused]?.Id;
    return {
      Successful: [],
      ...(Id !== undefined && { Failed: [{ Id, Code: "InternalError", SenderFault: false }] }),
    };
  };
  const changeVisibility = ({
    ReceiptHandle,
    VisibilityTimeout: seconds = 0,
  }: ChangeMessageVisibilityCommandInput) => {
    if (!(seconds >= 0 && seconds <= MOST_VISIBILITY_SECONDS)) throw invalid(`a visibility of ${seconds} s`);
    const message = [...messages].find(({ handle }) => handle === ReceiptHandle);
    if (message && message.visibleAt > now()) hide(message, seconds * 1000);
    // Which of the two is said of a message that somebody else has or that is gone is a matter of chance.
    else if (chance.often(0.5))
      throw new MessageNotInflight({ message: "not in flight", $metadata: { httpStatusCode: 400 } });
    else
      throw Object.assign(
        new Error("Message does not exist or is not available for visibility timeout change."),
        {
          name: "InvalidParameterValue",
          $metadata: { httpStatusCode: 400 },
        },
      );
    return {};
  };
  const answers: Record<string, (input: never) => object> = {
    SendMessageCommand: send,
    SendMessageBatchCommand: sendBatch,
    ChangeMessageVisibilityCommand: changeVisibility,
  };

  return {
    buried,
    sent,
    get isEmpty() {
      return messages.size === 0;
    },
    hasVisible: () => [...messages].some(({ visibleAt }) => visibleAt <= now()),
    perform({ name, input }) {
      const answer = answers[name];
      if (!answer) throw invalid(`${name} is not simulated`);
      return { $metadata: {}, ...answer(input as never) };
    },
    receive(most) {
      for (const message of messages) if (message.sentAt + RETENTION_MS <= now()) messages.delete(message);
      const visible = [...messages].filter(({ visibleAt }) => visibleAt <= now());
      return chance
        .shuffled(visible)
        .slice(0, most)
        .flatMap((message): Received[] => {
          message.receives += 1;
          if (message.receives > options.maxReceiveCount) {
            messages.delete(message);
            buried.push({ body: message.body });
            return [];
          }
          count += 1;
          message.handle = `h${count}`;
          hide(message, options.visibilityMs);
          const { id: messageId, handle: receiptHandle, body, receives: receiveCount } = message;
          return [{ messageId, receiptHandle, body, receiveCount }];
        });
    },
    delete(receiptHandle) {
      const message = [...messages].find(({ handle }) => handle === receiptHandle);
      if (!message) return;
      if (!chance.often(options.manners().undeleted)) messages.delete(message);
      else injected("queue: a deleted message comes again");
    },
  };
}

function checkMessage(
  body: string,
  delay: number,
  attributes: NonNullable<SendMessageCommandInput["MessageAttributes"]>,
): void {
  const texts = [
    body,
    ...Object.entries(attributes).flatMap(([name, { StringValue = "" }]) => [name, StringValue]),
  ];
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (body === "" || bytes > MOST_BYTES) throw invalid(`a message of ${bytes} bytes`);
  if (!Number.isInteger(delay) || delay < 0 || delay > MOST_DELAY_SECONDS)
    throw invalid(`a delay of ${delay} s`);
  if (Object.keys(attributes).length > MOST_ENTRIES) throw invalid("more than 10 attributes");
  if (texts.some((text) => !/^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u.test(text)))
    throw invalid("a character that XML 1.0 does not allow");
}
