import { GetQueueAttributesCommand, QueueDoesNotExist, type SQSClient } from "@aws-sdk/client-sqs";
import { resendLetter } from "../adapters/resend-letter.ts";
import { createSqsDeadLetters } from "../adapters/sqs-dead-letters.ts";
import type { EventLetter, EventLetterBox } from "../app/stage-letters.ts";
import { type EnvironmentSource, STAGE_NAME } from "../core/environment-source.ts";
import { toFlowError } from "../core/flow-error.ts";
import { resolveSource } from "../core/resolve-source.ts";
import { inboxDeadLettersName, inboxName } from "../core/stage-names.ts";
import { type InputEntry, isDeployedTo } from "../core/workflow.ts";
import { printableLine } from "./printable.ts";

/** Where the queues are that bring events to a stage. */
export interface EventQueuesPlace {
  readonly client: SQSClient;
  readonly stage: string;
  /** How long a look into an empty queue lasts. */
  readonly waitSeconds: number;
  /** URL of a queue of that name, of another account if its id is given. @throws QueueDoesNotExist, or as AWS tells. */
  urlOf(name: string, account?: string): Promise<string>;
  /** Where the values of the names come from that inputs read. */
  values(): readonly EnvironmentSource[];
  inputs(): Promise<readonly InputEntry[]>;
}

/** The dead letters of each of them. A queue of somebody's that cannot be asked is told on standard error and left out. */
export async function eventLetterBoxes(place: EventQueuesPlace): Promise<readonly EventLetterBox[]> {
  const { client, waitSeconds } = place;
  const inboxUrl = await inboxDeadLettersUrl(place);
  const own =
    inboxUrl === undefined
      ? undefined
      : { letters: createSqsDeadLetters({ client, queueUrl: inboxUrl, waitSeconds }) };
  const entries = await place
    .inputs()
    .catch((thrown) => leftOut("the queues that workflows read", thrown, []));
  const here = entries.filter((entry) => isDeployedTo(place.stage, entry));
  const others = await Promise.all(here.map((entry) => sourceBox(place, entry)));
  return [own, ...others].filter((box) => box !== undefined);
}

/** Sends a message to the queue where it came from. */
export async function sendBack(
  { client, stage, urlOf }: EventQueuesPlace,
  letter: EventLetter,
): Promise<void> {
  const queueUrl =
    letter.queue === "inbox" ? await urlOf(inboxName(stage)) : await urlOf(...named(letter.queue));
  await resendLetter({ client, queueUrl }, letter);
}

/** URL of the dead-letter queue of a stage's inbox; undefined where no workflow needs an inbox. */
export async function inboxDeadLettersUrl({
  stage,
  urlOf,
}: Pick<EventQueuesPlace, "stage" | "urlOf">): Promise<string | undefined> {
  try {
    return await urlOf(inboxDeadLettersName(stage));
  } catch (thrown) {
    if (thrown instanceof QueueDoesNotExist) return undefined;
    throw thrown;
  }
}

async function sourceBox(
  { client, stage, waitSeconds, urlOf, values }: EventQueuesPlace,
  { name: workflow, queue, environment = [] }: InputEntry,
): Promise<EventLetterBox | undefined> {
  if (queue === undefined) return undefined;
  try {
    const arn = resolveSource(queue, environment, [{ [STAGE_NAME]: stage }, ...values()]);
    const asked = await client.send(
      new GetQueueAttributesCommand({
        QueueUrl: await urlOf(...named(arn)),
        AttributeNames: ["QueueArn", "RedrivePolicy"],
      }),
    );
    const { QueueArn: queueArn = arn, RedrivePolicy = "{}" } = asked.Attributes ?? {};
    const { deadLetterTargetArn } = JSON.parse(RedrivePolicy);
    if (typeof deadLetterTargetArn !== "string") return undefined;
    const queueUrl = await urlOf(...named(deadLetterTargetArn));
    return {
      letters: createSqsDeadLetters({ client, queueUrl, waitSeconds }),
      source: { workflow, queueArn },
    };
  } catch (thrown) {
    return leftOut(`the queue that ${workflow} reads`, thrown, undefined);
  }
}

function leftOut<T>(whose: string, thrown: unknown, instead: T): T {
  const { message } = toFlowError(thrown);
  process.stderr.write(`Dead letters of ${whose} are left out: ${printableLine(message)}\n`);
  return instead;
}

function named(arn: string): [name: string, account: string] {
  const [account = "", name = ""] = arn.split(":").slice(4);
  return [name, account];
}
