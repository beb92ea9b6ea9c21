import { type CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { secretUses } from "../app/list-secrets.ts";
import { type OverviewPart, readOverview, windowUntil } from "../app/overview.ts";
import { DAY_MS } from "../app/timings.ts";
import { stackName } from "../core/stage-names.ts";
import { EXIT } from "./exit.ts";
import type { HistoryOptions } from "./history.ts";
import { jsonText } from "./json-text.ts";
import { withMetrics } from "./metric-place.ts";
import { secretPlace } from "./secret-place.ts";
import { withStage } from "./stage.ts";
import { stageWorkflows } from "./stage-workflows.ts";
import { statusText } from "./status-text.ts";
import { splitText } from "./versions/split-text.ts";

/** How a stage is, as `--json` prints it. Money in US dollars. */
export interface StageStatus {
  readonly stage: string;
  readonly healthy: boolean;
  /** What is to be looked at, a sentence each, with the command that shows more; empty: all is well. */
  readonly attention: readonly string[];
  readonly queue: { readonly waiting: number; readonly in_work: number; readonly dead_letters: number };
  /** Runs that should have moved longer than two minutes ago and have not, 100 at most: the sweeper does not take them up. */
  readonly overdue: number;
  /** Names of the alarms that ring; null: the local stack has none. */
  readonly alarms: readonly string[] | null;
  readonly last_hour: OverviewPart["total"];
  readonly last_day: OverviewPart["total"];
  readonly missing_secrets: readonly string[];
  readonly workflows: readonly {
    readonly name: string;
    readonly version: string | null;
    readonly hash: string;
    /** A rollback or rollout that is in force; null: all events go to the deployed version. */
    readonly split: string | null;
  }[];
}

const HOUR_MS = 3_600_000;
/** The sweeper looks every minute. */
const OVERDUE_MS = 2 * 60_000;
const MOST_COUNTED = 100;

/** Prints how a stage is. Exit code 1 when something is to be looked at. @throws FlowError `config_error` when it cannot be asked. */
export async function printStatus(options: HistoryOptions & { readonly json?: boolean }): Promise<number> {
  const status = await readStatus(options);
  process.stdout.write(`${options.json ? jsonText(status) : statusText(status)}\n`);
  return status.healthy ? EXIT.ok : EXIT.failed;
}

async function readStatus(options: HistoryOptions): Promise<StageStatus> {
  const now = Date.now();
  const workflows = await stageWorkflows(options);
  const { splits, ...stage } = await withStage(options, async ({ store, splits: kept, counts }) => ({
    splits: (await kept.read()).splits,
    queue: await counts(),
    overdue: (await store.due(now - OVERDUE_MS, MOST_COUNTED)).length,
  }));
  const numbers = await withMetrics(options, async ({ reader, cloudWatch }) => {
    const total = async (spanMs: number) =>
      (await readOverview(reader, [], windowUntil(now, spanMs))).stage.total;
    return {
      last_hour: await total(HOUR_MS),
      last_day: await total(DAY_MS),
      alarms: cloudWatch ? await ringing(cloudWatch, options.stage) : null,
    };
  });
  const secrets = secretUses(workflows, await secretPlace(options.stage).names());
  const found = {
    stage: options.stage,
    ...stage,
    ...numbers,
    missing_secrets: secrets
      .filter(({ from, required }) => from === null && required)
      .map(({ name }) => name),
    workflows: workflows.map(({ name, version = null, hash }) => {
      // The deployed version of a stage may be another one than the file's here.
      const split = Object.hasOwn(splits, name) ? splits[name]?.at(-1) : undefined;
      return { name, version, hash, split: split ? splitText(split) : null };
    }),
  };
  const attention = attentionFor(found);
  return { ...found, healthy: attention.length === 0, attention };
}

async function ringing(client: CloudWatchClient, stage: string): Promise<readonly string[]> {
  const { MetricAlarms = [] } = await client.send(
    new DescribeAlarmsCommand({
      AlarmNamePrefix: `${stackName(stage)}-`,
      StateValue: "ALARM",
      MaxRecords: 100,
    }),
  );
  return MetricAlarms.flatMap(({ AlarmName }) => AlarmName ?? []);
}

function attentionFor(status: Omit<StageStatus, "healthy" | "attention">): readonly string[] {
  const { queue, overdue, alarms, missing_secrets, last_hour } = status;
  const many = (count: number, one: string, more = `${one}s`) => `${count} ${count === 1 ? one : more}`;
  return [
    ...(alarms ?? []).map((name) => `the alarm ${name} rings: its description says what to do`),
    ...(queue.dead_letters > 0
      ? [`${many(queue.dead_letters, "message")} in the dead-letter queue: hookline dlq list`]
      : []),
    ...(overdue > 0
      ? [`${many(overdue, "run")} should have moved and did not: hookline runs list shows them`]
      : []),
    ...(last_hour.failed > 0
      ? [`${many(last_hour.failed, "run")} failed in the last hour: hookline runs list --status failed`]
      : []),
    ...missing_secrets.map((name) => `${name} has no value: hookline secrets set ${name}`),
  ];
}
