import { CfnOutput, Duration, Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { DEPLOYED, type DeployedMetadata } from "../lib/core/deployed-metadata.ts";
import { orgIdOf } from "../lib/core/stage-names.ts";
import type { StageSettings } from "../lib/core/stages.ts";
import { addAlarmTopic } from "./alarm-topic.ts";
import { addAlarms } from "./alarms.ts";
import { addApi, addServerErrorAlarm, addWebhookRoute } from "./api.ts";
import { addConsole } from "./console.ts";
import { addDashboard } from "./dashboard.ts";
import { addFront } from "./front.ts";
import { addFunctions, sharedVariables } from "./functions.ts";
import { addInbox } from "./inbox.ts";
import { addLogQueries } from "./log-queries.ts";
import type { Build } from "./read-build.ts";
import { addSchedules } from "./schedule.ts";
import { addSecrets } from "./secrets.ts";
import { addShift, stopOn } from "./shift.ts";
import { addTable } from "./table.ts";
import { addWorkQueue } from "./work-queue.ts";

/** What a stage consists of. */
export interface HooklineProps {
  readonly stage: string;
  readonly settings: StageSettings;
  readonly build: Build;
}

/**
 * One stage in one account and region:
 * ```
 * sender ──────── API ── ingest ─┬─ queue ── runner
 * services ─── inbox ── function ─┤              │
 *                                 └─ table ──────┘
 *           every minute ── sweeper ── queue
 * people ──────── API ── console ── table, queue
 * ```
 */
export class HooklineStack extends Stack {
  constructor(scope: Construct, id: string, { stage, settings, build }: HooklineProps) {
    const { account, region, org_id: orgId = orgIdOf(stage) } = settings;
    super(scope, id, {
      description: `Hookline, stage ${stage}`,
      tags: { "hookline:stage": stage },
      env: { ...(account !== undefined && { account }), ...(region !== undefined && { region }) },
    });

    const commit: unknown = this.node.tryGetContext("commit");
    const deployed: DeployedMetadata = {
      ...(typeof commit === "string" && { commit }),
      workflows: Object.fromEntries(build.workflows.map(({ name, hash }) => [name, hash])),
    };
    this.templateOptions.metadata = { [DEPLOYED]: deployed };
    const table = addTable(this, stage);
    const work = addWorkQueue(this, stage, Duration.seconds(settings.runner.timeout_seconds));
    const secrets = addSecrets(this, stage);
    const api = addApi(this, settings);
    const front = addFront(this, api, settings);
    const shift = addShift(this, settings);
    const alarms = shift ? [addServerErrorAlarm(this, api, shift.errors)] : [];
    const parts = { stage, orgId, build, settings, table, work, secrets, front, shift };
    const shared = sharedVariables(parts);
    const { ingest, runner, sweeper, logs } = addFunctions(this, { ...parts, shared, alarms });
    addWebhookRoute(api, ingest);
    const inbox = addInbox(this, { ...parts, shared, runner });
    addConsole(this, { ...parts, shared, api, inbox });
    const workflows = build.workflows.map(({ name }) => name);
    const watched = { stage, settings, workflows, api, table, work, inbox, ingest, runner, sweeper };
    addDashboard(this, watched);
    const ringing = addAlarms(this, watched, addAlarmTopic(this, settings.alarms));
    const failures = ringing.get("failure-rate");
    if (failures) stopOn(shift, failures);
    addLogQueries(this, logs);
    addSchedules(this, { sweeper, inbox, workflows: build.workflows });

    const host = front?.host ?? settings.domain?.name;
    const outputs = {
      ApiEndpoint: host === undefined ? api.apiEndpoint : `https://${host}`,
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
