import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { type Arrival, runIdOfArrival } from "../app/arrival.ts";
import { type BridgeEvent, bridgeArrival, readBridgeEvent } from "../app/bridge-event.ts";
import type { InboxMessage } from "../app/inbox-message.ts";
import { mailId } from "../app/mail-arrival.ts";
import { objectArrival } from "../app/object-arrival.ts";
import { STAGE_NAME } from "../core/environment-source.ts";
import { FlowError } from "../core/flow-error.ts";
import { isObject, type JsonObject, parseJson } from "../core/json.ts";
import { resolveSource } from "../core/resolve-source.ts";
import { isSource, type SourceInput } from "../core/source-input.ts";
import { inboxName } from "../core/stage-names.ts";
import type { Workflow } from "../core/workflow.ts";
import { queueUrlAt } from "../local/create-resources.ts";
import { localSources } from "../local/local-environment.ts";
import { LOCAL_STAGE } from "../local/local-names.ts";
import { localSqsClient } from "../local/local-sqs-client.ts";
import { objectFile } from "../local/object-server.ts";
import { findStack } from "../local/stack-file.ts";
import { readIfPresent } from "../local/working-folder.ts";
import { EXIT } from "./exit.ts";
import { jsonText } from "./json-text.ts";
import { readEvent, readGivenText } from "./read-event.ts";
import { servedWorkflow } from "./served-workflow.ts";
import { sampleEvent, sampleMail, sampleObjectEvent } from "./trigger/sample-event.ts";

/** Options of `trigger`. */
export interface TriggerOptions {
  readonly event?: string;
  readonly data: string;
  readonly json?: boolean;
}

/** What is put into a queue of the local stack, and the run that it will be, where that is known. */
interface Delivery {
  readonly queue: string;
  readonly body: string;
  readonly runId?: string;
}

const MAIL_BUCKET = "mail";

/**
 * Brings an event to a workflow of the local stack as the service would that its input names; prints the run's id.
 * @throws FlowError `config_error` when no stack runs, `invalid_input` for a webhook or an event that cannot be meant.
 */
export async function trigger(name: string, options: TriggerOptions): Promise<number> {
  const { endpoints } = findStack(options.data);
  const { queue, body, runId } = await deliveryTo(servedWorkflow(name, options.data), options, Date.now());
  const client = localSqsClient(endpoints.sqs);
  try {
    const order = queue.endsWith(".fifo") ? { MessageGroupId: "trigger" } : {};
    const send = new SendMessageCommand({
      QueueUrl: queueUrlAt(endpoints.sqs, queue),
      MessageBody: body,
      ...order,
    });
    const { MessageId } = await client.send(send);
    if (options.json)
      process.stdout.write(`${jsonText({ run_id: runId ?? null, queue, message_id: MessageId ?? null })}\n`);
    else if (runId === undefined)
      process.stderr.write(`Message ${MessageId} is in the queue ${queue}: see hookline runs list\n`);
    else process.stdout.write(`${runId}\n`);
  } finally {
    client.destroy();
  }
  return EXIT.ok;
}

async function deliveryTo(
  workflow: Workflow,
  { event, data }: TriggerOptions,
  now: number,
): Promise<Delivery> {
  const { name, input } = workflow;
  if (input.type === "http_webhook")
    throw new FlowError("invalid_input", `"${name}" has a webhook: post to "$(hookline url ${name})"`);
  if (!isSource(input)) {
    if (event !== undefined)
      throw new FlowError(
        "invalid_input",
        `"${name}" is started by the clock: its event is the payload of its file`,
      );
    const scheduled_at = new Date(now).toISOString();
    const runId = runIdOfArrival(LOCAL_STAGE, name, { at: now, id: scheduled_at });
    return own({ source: "hookline.cron", workflow: name, scheduled_at }, runId);
  }
  const source = resolved(workflow, input);
  switch (source.type) {
    case "sqs": {
      const queue = source.queue.slice(source.queue.lastIndexOf(":") + 1);
      return { queue, body: event === undefined ? "{}" : await readGivenText(event) };
    }
    case "eventbridge":
      return bridged(name, sampleEvent(source.pattern, await givenObject(event, now), now), bridgeArrival);
    case "s3":
      return bridged(name, sampleObjectEvent(source, await givenObject(event, now), now), objectArrival);
    case "email": {
      const [to = ""] = source.to;
      const key = `${name}/${randomBytes(20).toString("hex")}`;
      const file = objectFile(data, MAIL_BUCKET, key);
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      const mail = event === undefined ? sampleMail(to, now) : await readGivenText(event);
      writeFileSync(file, mail, { mode: 0o600 });
      const told = sampleObjectEvent({ bucket: MAIL_BUCKET }, { detail: { object: { key } } }, now);
      return bridged(name, told, ({ at }) => ({ at, id: mailId({ bucket: MAIL_BUCKET, key }) }));
    }
  }
}

function bridged(
  workflow: string,
  event: JsonObject,
  arrivalOf: (event: BridgeEvent) => Pick<Arrival, "at" | "id">,
): Delivery {
  const runId = runIdOfArrival(LOCAL_STAGE, workflow, arrivalOf(readBridgeEvent(event)));
  return own({ source: "hookline.event", workflow, event }, runId);
}

function own(message: InboxMessage, runId: string): Delivery {
  return { queue: inboxName(LOCAL_STAGE), body: JSON.stringify(message), runId };
}

function resolved({ environment }: Workflow, input: SourceInput): SourceInput {
  const values = localSources({ shell: process.env, stage: LOCAL_STAGE, readFile: readIfPresent });
  return resolveSource(input, environment, [{ [STAGE_NAME]: LOCAL_STAGE }, ...values]);
}

/** @throws FlowError `invalid_input` for a file that holds no mapping. */
async function givenObject(source: string | undefined, now: number): Promise<JsonObject> {
  const { body } = await readEvent(source, now);
  const value = parseJson(new TextDecoder().decode(body));
  if (isObject(value)) return value;
  throw new FlowError("invalid_input", `${source}: expected an event of EventBridge, or some keys of one`);
}
