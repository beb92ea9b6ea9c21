import { GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { sqsClient } from "../adapters/aws-clients.ts";
import { createWorkflowTexts } from "../adapters/catalog-file.ts";
import { createDynamoRunStore } from "../adapters/dynamo/dynamo-run-store.ts";
import { createDynamoSplits } from "../adapters/dynamo/dynamo-splits.ts";
import { NO_METRICS } from "../adapters/metrics/no-metrics.ts";
import { createSqsDeadLetters } from "../adapters/sqs-dead-letters.ts";
import { createSqsQueue } from "../adapters/sqs-queue.ts";
import { systemClock } from "../adapters/system-clock.ts";
import { systemRandom } from "../adapters/system-random.ts";
import type { Operator } from "../app/operator.ts";
import type { EventLetter, LetterBoxes } from "../app/stage-letters.ts";
import { timingsOf } from "../app/timings.ts";
import { STAGES_FILE } from "../build/read-stages.ts";
import type { WorkflowTexts } from "../core/ports/workflow-catalog.ts";
import { deadLetterQueueName, queueName } from "../core/stage-names.ts";
import { queueUrlAt, queueUrls } from "../local/create-resources.ts";
import { localSources } from "../local/local-environment.ts";
import { catalogFolder, LOCAL_STAGE } from "../local/local-names.ts";
import { localSqsClient } from "../local/local-sqs-client.ts";
import { findStack } from "../local/stack-file.ts";
import { stageEnvironment } from "../local/stage-environment.ts";
import { readIfPresent } from "../local/working-folder.ts";
import { askAws } from "./aws-trouble.ts";
import { type EventQueuesPlace, eventLetterBoxes, inboxDeadLettersUrl, sendBack } from "./event-queues.ts";
import { type History, type HistoryOptions, historyPlace } from "./history.ts";

/** A stage that commands change: its history, its queues. */
export interface Stage extends Omit<History, "deliveries"> {
  readonly operator: Operator;
  /** The dead-letter queues of runs, of the inbox, and of the queues that workflows read. */
  letterBoxes(): Promise<LetterBoxes>;
  /** Sends a message to the queue where it came from. */
  sendBack(letter: EventLetter): Promise<void>;
  /** About how many messages there are. */
  counts(): Promise<QueueCounts>;
}

/** Messages of a stage's queues, as SQS estimates them. */
export interface QueueCounts {
  readonly waiting: number;
  readonly in_work: number;
  readonly dead_letters: number;
}

interface QueuePlace extends Pick<EventQueuesPlace, "client" | "waitSeconds" | "urlOf" | "values"> {
  readonly catalog: WorkflowTexts;
  urls(): Promise<{ readonly queueUrl: string; readonly deadLetterUrl: string }>;
}

// A stage's own setting is not known here: looking later than it would does no harm.
const LONGEST_INVOCATION_MS = 15 * 60_000;

const HINT =
  "set HOOKLINE_TABLE, HOOKLINE_QUEUE_URL and HOOKLINE_DLQ_URL to the stage's outputs TableName, QueueUrl and DeadLetterUrl";

/**
 * Does something with the local stack or with a deployed stage, whose queues are HOOKLINE_QUEUE_URL and HOOKLINE_DLQ_URL or those of
 * the stage's name.
 * @throws FlowError `config_error` when no local stack runs on the folder, or AWS cannot be asked.
 */
export async function withStage<T>(options: HistoryOptions, work: (stage: Stage) => Promise<T>): Promise<T> {
  const history = historyPlace(options);
  const queues = options.stage === LOCAL_STAGE ? localQueues(options.data) : deployedQueues(options.stage);
  try {
    return await askAws(HINT, async () => {
      const { client, catalog, waitSeconds } = queues;
      const { queueUrl, deadLetterUrl } = await queues.urls();
      const store = createDynamoRunStore({ client: history.client, table: history.table });
      const operator: Operator = {
        store,
        queue: createSqsQueue({ client, queueUrl, deadLetterUrl }),
        clock: systemClock,
        random: systemRandom,
        catalog,
        timings: timingsOf(LONGEST_INVOCATION_MS),
        metrics: NO_METRICS,
      };
      const place = { ...queues, stage: options.stage, inputs: history.inputs };
      const counts = async () => {
        const inboxLetters = await inboxDeadLettersUrl(place);
        const urls = [deadLetterUrl, ...(inboxLetters === undefined ? [] : [inboxLetters])];
        const [own, ...dead] = await Promise.all([queueUrl, ...urls].map((url) => countsOf(client, url)));
        const lying = dead.map(({ waiting, in_work }) => waiting + in_work);
        return { waiting: 0, in_work: 0, ...own, dead_letters: lying.reduce((sum, count) => sum + count, 0) };
      };
      return await work({
        store,
        splits: createDynamoSplits({ client: history.client, table: history.table }),
        inputs: history.inputs,
        operator,
        letterBoxes: async () => ({
          runs: createSqsDeadLetters({ client, queueUrl: deadLetterUrl, waitSeconds }),
          events: await eventLetterBoxes(place),
        }),
        sendBack: (letter) => sendBack(place, letter),
        counts,
      });
    });
  } finally {
    history.client.destroy();
    queues.client.destroy();
  }
}

async function countsOf(client: SQSClient, url: string): Promise<Omit<QueueCounts, "dead_letters">> {
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({
      QueueUrl: url,
      AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    }),
  );
  const { ApproximateNumberOfMessages: waiting, ApproximateNumberOfMessagesNotVisible: hidden } = Attributes;
  return { waiting: Number(waiting ?? 0), in_work: Number(hidden ?? 0) };
}

function localQueues(data: string): QueuePlace {
  const { endpoints } = findStack(data);
  return {
    client: localSqsClient(endpoints.sqs),
    waitSeconds: 0,
    catalog: createWorkflowTexts(`${catalogFolder(data)}/workflows`),
    urls: async () => queueUrls(endpoints.sqs),
    urlOf: async (name) => queueUrlAt(endpoints.sqs, name),
    values: () => localSources({ shell: process.env, stage: LOCAL_STAGE, readFile: readIfPresent }),
  };
}

function deployedQueues(stage: string): QueuePlace {
  const client = sqsClient();
  const urlOf = async (QueueName: string, QueueOwnerAWSAccountId?: string) =>
    (await client.send(new GetQueueUrlCommand({ QueueName, QueueOwnerAWSAccountId }))).QueueUrl ?? "";
  return {
    client,
    // Without a wait some of SQS's servers are asked only.
    waitSeconds: 1,
    urlOf,
    values: () => [stageEnvironment(readIfPresent(STAGES_FILE), stage)],
    // What lies in this folder may be another version than the one that is deployed: only a runner runs its own.
    catalog: { current: () => undefined },
    async urls() {
      const { HOOKLINE_QUEUE_URL: queue, HOOKLINE_DLQ_URL: deadLetters } = process.env;
      const [queueUrl, deadLetterUrl] = await Promise.all([
        queue ?? urlOf(queueName(stage)),
        deadLetters ?? urlOf(deadLetterQueueName(stage)),
      ]);
      return { queueUrl, deadLetterUrl };
    },
  };
}
