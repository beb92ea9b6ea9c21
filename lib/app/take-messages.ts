import { eachOf } from "../core/each-of.ts";
import { type EnvironmentSource, STAGE_NAME } from "../core/environment-source.ts";
import { FlowError, toFlowError } from "../core/flow-error.ts";
import { MOST_DELIVERIES, MOST_DELIVERIES_OF_A_WRONG_ONE } from "../core/inbox-deliveries.ts";
import type { Mails } from "../core/ports/mails.ts";
import type { DeadLetterReason, Queue } from "../core/ports/queue.ts";
import { resolveSource } from "../core/resolve-source.ts";
import { type InputEntry, isDeployedTo } from "../core/workflow.ts";
import { type Arrival, acceptArrival } from "./arrival.ts";
import { type BridgeEvent, bridgeArrival, readBridgeEvent } from "./bridge-event.ts";
import { type InboxMessage, parseInboxMessage } from "./inbox-message.ts";
import { logFault } from "./log-fault.ts";
import { isSetupNote, mailArrival } from "./mail-arrival.ts";
import { messageArrival } from "./message-arrival.ts";
import { objectArrival } from "./object-arrival.ts";
import type { QueueMessage } from "./queue-message.ts";
import { servedEntry } from "./served-entry.ts";
import type { Ingest } from "./store-event.ts";
import { type Ticks, takeTick } from "./take-tick.ts";

/** What taking messages needs. */
export interface Inbox extends Ticks, Pick<Ingest, "inputs" | "plainEnvironment" | "maxBodyBytes"> {
  /** ARN of the stage's own inbox; every other queue is a workflow's. */
  readonly inboxArn: string;
  /** The inbox's own. */
  readonly giveBack: Queue["giveBack"];
  /** Puts a message's body among the inbox's dead letters. */
  bury(body: string, reason: DeadLetterReason): Promise<void>;
  readonly mails: Mails;
}

const FIRST_PAUSE_SECONDS = 15;
const LONGEST_PAUSE_SECONDS = 300;

/** A mail may have 40 MB, and twice that while it is read. */
const AT_ONCE = 3;

/**
 * Takes a batch of messages of one queue; the ids of those that stay in it, because their events could not be stored. Of a queue
 * that keeps an order everything stays that comes after the first one that does (Lambda Developer Guide, "Reporting batch item failures").
 */
export async function takeMessages(
  inbox: Inbox,
  messages: readonly QueueMessage[],
): Promise<readonly string[]> {
  const keepsOrder = messages.some(({ queueArn }) => queueArn.endsWith(".fifo"));
  let isStopped = false;
  const taken = await eachOf(messages, keepsOrder ? 1 : AT_ONCE, async (message) => {
    const isTaken = !isStopped && (await take(inbox, message));
    isStopped = keepsOrder && !isTaken;
    return isTaken;
  });
  return messages.filter((_message, index) => !taken[index]).map(({ messageId }) => messageId);
}

/** False for a message that is to come again. */
async function take(inbox: Inbox, message: QueueMessage): Promise<boolean> {
  const { messageId, queueArn, receiveCount } = message;
  const isOwn = queueArn === inbox.inboxArn;
  let isTaken = true;
  try {
    if (isOwn) isTaken = await takeOwn(inbox, parseInboxMessage(message.body));
    else await acceptServed(inbox, readerOf(inbox, queueArn), messageArrival(message));
  } catch (thrown) {
    const error = toFlowError(thrown);
    const fields = { message_id: messageId, queue: queueArn, receive_count: receiveCount };
    isTaken = isOwn && (await giveUp(inbox, message, error));
    if (!isTaken) logFault(inbox.log, "a message stays in its queue", error, fields);
    else logFault(inbox.log, "a message was given up: it lies among the dead letters", error, fields);
  }
  if (!isTaken) inbox.metrics.add("MessagesDeferred", 1);
  if (!isTaken && isOwn) await pause(inbox, message);
  return isTaken;
}

/** True when the message lies among the dead letters, with the reason: it was delivered as often as one like it is. */
async function giveUp({ bury, log }: Inbox, message: QueueMessage, error: FlowError): Promise<boolean> {
  const { class: errorClass } = error;
  const most = errorClass === "invalid_input" ? MOST_DELIVERIES_OF_A_WRONG_ONE : MOST_DELIVERIES;
  if (message.receiveCount < most) return false;
  try {
    await bury(message.body, { class: errorClass, message: error.message, step: null });
    return true;
  } catch (thrown) {
    // It is tried again, until the queue itself brings it there without a reason.
    logFault(log, "a message could not be given up", toFlowError(thrown));
    return false;
  }
}

/** Waits that double; how long a message of somebody else's queue stays hidden is for that queue to say. */
async function pause({ giveBack, log }: Inbox, { receiptHandle, receiveCount }: QueueMessage): Promise<void> {
  const seconds = Math.min(FIRST_PAUSE_SECONDS * 2 ** (receiveCount - 1), LONGEST_PAUSE_SECONDS);
  try {
    await giveBack(receiptHandle, seconds);
  } catch (thrown) {
    // It comes back by itself, later.
    logFault(log, "a message could not be given back", toFlowError(thrown));
  }
}

/** False for a tick that waits for an earlier one. */
async function takeOwn(inbox: Inbox, message: InboxMessage): Promise<boolean> {
  const { workflow } = message;
  const entry = inbox.inputs.all().find(({ name }) => name === workflow);
  if (!entry || !isDeployedTo(inbox.stage, entry) || !fits(entry, message)) {
    inbox.log.write({
      level: "warn",
      message: "an event came for a workflow that is not deployed, or has another input now",
      fields: { workflow },
    });
    return true;
  }
  if (message.source === "hookline.cron") return takeTick(inbox, entry, message);
  const arrival = await arrivalOf(inbox, entry, readBridgeEvent(message.event));
  if (arrival) await acceptServed(inbox, entry, arrival);
  return true;
}

async function acceptServed(inbox: Inbox, entry: InputEntry, arrival: Arrival): Promise<void> {
  await acceptArrival(inbox, await servedEntry(inbox, entry, () => arrival.id), arrival);
}

/** Whether the message is one of the workflow's input of today; of the start of a version: whether that is still in force. */
function fits({ type, hash }: InputEntry, message: InboxMessage): boolean {
  if (message.source === "hookline.event") return ["eventbridge", "s3", "email"].includes(type);
  return type === "cron" && (message.version === undefined || message.version === hash);
}

/** The event as an arrival; undefined when there is nothing in it. */
async function arrivalOf(
  { mails, maxBodyBytes }: Inbox,
  { type }: InputEntry,
  event: BridgeEvent,
): Promise<Arrival | undefined> {
  if (type === "s3") return objectArrival(event);
  if (type !== "email") return bridgeArrival(event);
  return isSetupNote(event) ? undefined : mailArrival(mails, event, maxBodyBytes);
}

/** The workflow that reads a queue. @throws FlowError `config_error` when none does: the message waits for one that will. */
function readerOf({ inputs, stage, plainEnvironment }: Inbox, queueArn: string): InputEntry {
  const values = [{ [STAGE_NAME]: stage }, plainEnvironment];
  const reader = inputs
    .all()
    .find((entry) => isDeployedTo(stage, entry) && queueOf(entry, values) === queueArn);
  if (reader) return reader;
  throw new FlowError("config_error", `no workflow reads the queue ${queueArn}`);
}

/** The queue that a workflow reads; one without a value must not hold up the others. */
function queueOf(
  { queue, environment = [] }: InputEntry,
  values: readonly EnvironmentSource[],
): string | undefined {
  try {
    return queue === undefined ? undefined : resolveSource(queue, environment, values);
  } catch (thrown) {
    if (thrown instanceof FlowError) return undefined;
    throw thrown;
  }
}
