import { Stack } from "aws-cdk-lib";
import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { CfnSchedule } from "aws-cdk-lib/aws-scheduler";
import { Construct } from "constructs";
import { FlowError } from "../lib/core/flow-error.ts";
import type { Workflow } from "../lib/core/workflow.ts";
import { eventBridgeCron } from "./eventbridge-cron.ts";
import type { Inbox } from "./inbox.ts";

/** What runs by the clock: the sweeper every minute, and a message to the inbox for each workflow whose input is a cron expression. */
export function addSchedules(
  scope: Construct,
  {
    sweeper,
    inbox,
    workflows,
  }: { sweeper: IFunction; inbox: Inbox | undefined; workflows: readonly Workflow[] },
): void {
  const role = new Role(scope, "SchedulerRole", {
    assumedBy: new ServicePrincipal("scheduler.amazonaws.com", {
      conditions: { StringEquals: { "aws:SourceAccount": Stack.of(scope).account } },
    }),
  });
  role.addToPolicy(
    new PolicyStatement({
      actions: ["lambda:InvokeFunction"],
      resources: [sweeper.functionArn],
    }),
  );

  const sweep = new CfnSchedule(scope, "SweepSchedule", {
    description: "Enqueues what is due and has not moved",
    flexibleTimeWindow: { mode: "OFF" },
    scheduleExpression: "rate(1 minute)",
    target: {
      arn: sweeper.functionArn,
      roleArn: role.roleArn,
      input: "{}",
      // The next minute tries again.
      retryPolicy: { maximumRetryAttempts: 0 },
    },
  });

  sweep.node.addDependency(role);

  if (!inbox) return;
  role.addToPolicy(new PolicyStatement({ actions: ["sqs:SendMessage"], resources: [inbox.queue.queueArn] }));
  // A scope of their own: CDK then adds a hash to the ids, and "a-b" and "ab" stay apart.
  const crons = new Construct(scope, "Cron");
  crons.node.addDependency(role);
  const starts = new Construct(scope, "Start");
  starts.node.addDependency(role, inbox.take);
  const message = (workflow: string, version?: string): CfnSchedule.TargetProperty => ({
    arn: inbox.queue.queueArn,
    roleArn: role.roleArn,
    // EventBridge puts the time of the schedule in, the same for every attempt.
    input: JSON.stringify({
      source: "hookline.cron",
      workflow,
      scheduled_at: "<aws.scheduler.scheduled-time>",
      version,
    }),
  });
  for (const { name, input, hash } of workflows) {
    if (input.type !== "cron") continue;
    new CfnSchedule(crons, name, {
      description: `Starts ${name}: ${input.cron}`,
      flexibleTimeWindow: { mode: "OFF" },
      scheduleExpression: expressionFor(name, input.cron),
      scheduleExpressionTimezone: input.timezone,
      target: message(name),
    });
    if (!input.startNow) continue;
    // A rate begins as soon as it is made, which each version is (EventBridge Scheduler User Guide, "Rate-based schedules"); the
    // inbox knows its later ticks for the same start.
    new CfnSchedule(starts, `${name}-${hash.slice(0, 12)}`, {
      description: `Starts ${name} once`,
      flexibleTimeWindow: { mode: "OFF" },
      scheduleExpression: "rate(365 days)",
      target: message(name, hash),
    });
  }
}

function expressionFor(workflow: string, cron: string): string {
  try {
    return eventBridgeCron(cron);
  } catch (cause) {
    if (!(cause instanceof FlowError)) throw cause;
    throw new FlowError(cause.class, `workflow ${workflow}: ${cause.message}`, { cause });
  }
}
