import {
  type CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { stackName } from "../core/stage-names.ts";
import { callAws } from "./aws-errors.ts";

/** A line of a function's log. */
export interface LogEvent {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** As its log group is named: `Runner`, `Ingest`, `Inbox`, `Sweeper`, `Console`. */
  readonly source: string;
  readonly text: string;
}

/** Which lines are asked for. Times in milliseconds since the epoch. */
export interface LogQuery {
  readonly since: number;
  /** Lines that name this run; absent: all. */
  readonly runId?: string;
  /** Only of this function, lower case. */
  readonly source?: string;
}

/** Pages of one group that one look reads: CloudWatch answers many empty ones when it searches a long time. */
const MOST_PAGES = 50;
/** As CloudFormation names what infra/function.ts makes, behind the stack's name: the logical id, with its hash, and chance. */
const GROUP = /^([A-Z][a-z]+)Log[0-9A-F]{8}-/;

/** Lines of a stage's functions, oldest first, and whether more pages were left than one look reads. @throws FlowError when they cannot be read. */
export async function readLogEvents(
  client: CloudWatchLogsClient,
  stage: string,
  { since, runId, source }: LogQuery,
): Promise<{ readonly events: readonly LogEvent[]; readonly cut: boolean }> {
  const prefix = `${stackName(stage)}-`;
  const describe = new DescribeLogGroupsCommand({ logGroupNamePrefix: prefix, limit: 50 });
  const { logGroups = [] } = await callAws("finding the logs", () => client.send(describe));
  const groups = logGroups.flatMap(({ logGroupName: name = "" }) => {
    const [, from] = GROUP.exec(name.slice(prefix.length)) ?? [];
    const isAsked =
      from !== undefined && from !== "Access" && (source ?? from.toLowerCase()) === from.toLowerCase();
    return isAsked ? [{ name, from }] : [];
  });
  const read = await Promise.all(groups.map(({ name, from }) => readGroup(client, name, from, since, runId)));
  const events = read.flatMap((one) => one.events).toSorted((a, b) => a.at - b.at);
  return { events, cut: read.some(({ cut }) => cut) };
}

async function readGroup(
  client: CloudWatchLogsClient,
  logGroupName: string,
  source: string,
  startTime: number,
  runId: string | undefined,
) {
  const events: LogEvent[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const filter = new FilterLogEventsCommand({
      logGroupName,
      startTime,
      nextToken,
      ...(runId !== undefined && {
        filterPattern: `{ ($.run_id = "${runId}") || ($.fields.run_id = "${runId}") }`,
      }),
    });
    const answer = await callAws("reading logs", () => client.send(filter));
    for (const { eventId: id = "", timestamp: at = 0, message: text = "" } of answer.events ?? [])
      events.push({ id, at, source, text: text.trimEnd() });
    nextToken = answer.nextToken;
    if (nextToken === undefined) return { events, cut: false };
  }
  return { events, cut: true };
}
