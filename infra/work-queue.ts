import { Duration } from "aws-cdk-lib";
import { Queue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { deadLetterQueueName, queueName } from "../lib/core/stage-names.ts";

/** The queue between ingest and runner, and the one where runs that failed for good lie with their reason. */
export interface WorkQueue {
  readonly queue: Queue;
  readonly deadLetters: Queue;
  /** Deliveries before SQS itself gives a message up. */
  readonly maxReceiveCount: number;
}

/** Adds both queues; a message stays hidden for six times the consumer's timeout, as AWS advises for event sources. */
export function addWorkQueue(scope: Construct, stage: string, consumerTimeout: Duration): WorkQueue {
  const maxReceiveCount = 5;
  const deadLetters = new Queue(scope, "DeadLetters", {
    queueName: deadLetterQueueName(stage),
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  });
  const queue = new Queue(scope, "Queue", {
    queueName: queueName(stage),
    enforceSSL: true,
    // Shorter than the dead letters': a message keeps its age when it moves there.
    retentionPeriod: Duration.days(4),
    visibilityTimeout: Duration.seconds(6 * consumerTimeout.toSeconds()),
    deadLetterQueue: { queue: deadLetters, maxReceiveCount },
  });
  return { queue, deadLetters, maxReceiveCount };
}
