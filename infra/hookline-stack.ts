import { CfnOutput, Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { addApi } from "./api.ts";
import { addFunctions, RUNNER_TIMEOUT, sharedVariables } from "./functions.ts";
import { addInbox } from "./inbox.ts";
import type { Build } from "./read-build.ts";
import type { Settings } from "./read-settings.ts";
import { addSchedules } from "./schedule.ts";
import { addSecrets } from "./secrets.ts";
import { addTable } from "./table.ts";
import { addWorkQueue } from "./work-queue.ts";

/** What a stage consists of. */
export interface HooklineProps {
  readonly stage: string;
  readonly orgId: string;
  readonly build: Build;
  readonly settings: Settings;
}

/**
 * One stage in one account and region:
 * ```
 * sender ──────── API ── ingest ─┬─ queue ── runner
 * services ─── inbox ── function ─┤              │
 *                                 └─ table ──────┘
 *           every minute ── sweeper ── queue
 * ```
 */
export class HooklineStack extends Stack {
  constructor(scope: Construct, id: string, { stage, orgId, build, settings }: HooklineProps) {
    super(scope, id, { description: `Hookline, stage ${stage}`, tags: { "hookline:stage": stage } });

    const table = addTable(this, stage);
    const work = addWorkQueue(this, stage, RUNNER_TIMEOUT);
    const secrets = addSecrets(this, stage);
    const parts = { stage, orgId, build, settings, table, work, secrets };
    const shared = sharedVariables(parts);
    const { ingest, runner, sweeper } = addFunctions(this, { ...parts, shared });
    const inbox = addInbox(this, { ...parts, shared, runner });
    const api = addApi(this, ingest);
    addSchedules(this, { sweeper, inbox, workflows: build.workflows });

    const outputs = {
      ApiEndpoint: api.apiEndpoint,
      OrgId: orgId,
      TableName: table.tableName,
      QueueUrl: work.queue.queueUrl,
      DeadLetterUrl: work.deadLetters.queueUrl,
      WorkflowSecretsArn: secrets.workflowSecrets.secretArn,
      WebhookKeyArn: secrets.webhookKey.secretArn,
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}
