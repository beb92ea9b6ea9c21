import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { InboxMessage } from "../app/inbox-message.ts";
import { type EnvironmentSource, STAGE_NAME } from "../core/environment-source.ts";
import { toFlowError } from "../core/flow-error.ts";
import { resolveSource } from "../core/resolve-source.ts";
import { inboxName } from "../core/stage-names.ts";
import type { Workflow } from "../core/workflow.ts";
import { localQueueArn, queueUrlAt } from "./create-resources.ts";
import { type EventSourceMapping, startEventSourceMapping } from "./event-source-mapping.ts";
import { LOCAL_STAGE } from "./local-names.ts";

/** What brings events to the local stage beside webhooks: its inbox, and a queue for each that a workflow reads. */
export interface Feeds {
  /** Puts a message into the inbox. */
  send(message: InboxMessage): Promise<void>;
  /** Takes the workflows that are in force from now on. */
  follow(workflows: readonly Workflow[]): Promise<void>;
  stop(): Promise<void>;
}

/** What the feeds work with. */
export interface FeedsOptions {
  readonly client: SQSClient;
  /** URL of the queue server. */
  readonly sqsUrl: string;
  /** Makes a queue unless it is there. */
  readonly createQueue: (name: string) => Promise<void>;
  /** Where the values of `${env:NAME}` come from, asked for at each change. */
  readonly values: () => readonly EnvironmentSource[];
  readonly invoke: (event: SQSEvent) => Promise<SQSBatchResponse>;
  readonly log: (line: string) => void;
}

const CONCURRENCY = 2;

/** Starts taking from the inbox; the queues of workflows follow. */
export function startFeeds(options: FeedsOptions): Feeds {
  const { client, sqsUrl, createQueue, values, invoke, log } = options;
  const inboxUrl = queueUrlAt(sqsUrl, inboxName(LOCAL_STAGE));
  const mappings = new Map<string, EventSourceMapping>();
  const take = (queueUrl: string, queueArn: string) =>
    startEventSourceMapping({ client, queueUrl, queueArn, concurrency: CONCURRENCY, invoke, log });
  const inbox = take(inboxUrl, localQueueArn(inboxName(LOCAL_STAGE)));

  const queuesOf = (workflows: readonly Workflow[]): ReadonlySet<string> => {
    const found = new Set<string>();
    for (const { name, input, environment } of workflows) {
      if (input.type !== "sqs") continue;
      try {
        found.add(resolveSource(input.queue, environment, [{ [STAGE_NAME]: LOCAL_STAGE }, ...values()]));
      } catch (thrown) {
        log(`${name} reads no queue: ${toFlowError(thrown).message}`);
      }
    }
    return found;
  };
  const apply = async (workflows: readonly Workflow[]): Promise<void> => {
    const wanted = queuesOf(workflows);
    for (const [queueArn, mapping] of mappings) {
      if (wanted.has(queueArn)) continue;
      mappings.delete(queueArn);
      await mapping.stop();
    }
    for (const queueArn of wanted) {
      if (mappings.has(queueArn)) continue;
      const name = queueArn.slice(queueArn.lastIndexOf(":") + 1);
      await createQueue(name);
      mappings.set(queueArn, take(queueUrlAt(sqsUrl, name), queueArn));
    }
  };
  // One change after the other: files may change while a mapping still ends.
  let applied: Promise<unknown> = Promise.resolve();
  return {
    async send(message) {
      await client.send(new SendMessageCommand({ QueueUrl: inboxUrl, MessageBody: JSON.stringify(message) }));
    },
    follow(workflows) {
      const next = applied.then(() => apply(workflows));
      applied = next.catch(() => {});
      return next;
    },
    async stop() {
      await applied;
      await Promise.all([inbox, ...mappings.values()].map((mapping) => mapping.stop()));
    },
  };
}
