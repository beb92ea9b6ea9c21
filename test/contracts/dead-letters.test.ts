import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll } from "@jest/globals";
import { createMemoryQueue } from "../../lib/adapters/memory/memory-queue.ts";
import { createSqsDeadLetters } from "../../lib/adapters/sqs-dead-letters.ts";
import { createSqsQueue } from "../../lib/adapters/sqs-queue.ts";
import { type Fauxqs, startFauxqs } from "../support/fauxqs.ts";
import { deadLettersContract } from "./dead-letters-contract.ts";

let fauxqs: Fauxqs;
beforeAll(async () => {
  fauxqs = await startFauxqs();
});
afterAll(() => fauxqs.stop());

deadLettersContract("dead letters in SQS", async () => {
  const { client } = fauxqs;
  const [queueUrl, deadLetterUrl] = [await fauxqs.createQueue(60), await fauxqs.createQueue(60)];
  return {
    letters: createSqsDeadLetters({ client, queueUrl: deadLetterUrl, waitSeconds: 0 }),
    queue: createSqsQueue({ client, queueUrl, deadLetterUrl }),
    async bury(MessageBody) {
      await client.send(new SendMessageCommand({ QueueUrl: deadLetterUrl, MessageBody }));
    },
  };
});

deadLettersContract("dead letters in memory", async () => {
  const queue = createMemoryQueue({ now: () => 0 });
  return { letters: queue.deadLetterQueue, queue, bury: async (body) => queue.deadLetterQueue.bury(body) };
});
