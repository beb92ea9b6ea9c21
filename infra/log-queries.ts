import { Stack } from "aws-cdk-lib";
import { type ILogGroup, QueryDefinition, QueryString } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";

/** The logs of the functions. */
export interface FunctionLogs {
  readonly ingest: ILogGroup;
  readonly runner: ILogGroup;
  readonly sweeper: ILogGroup;
}

/** Saves queries of Logs Insights beside the stage's logs, in a folder of its name. */
export function addLogQueries(scope: Construct, { ingest, runner, sweeper }: FunctionLogs): void {
  const queries = new Construct(scope, "Query");
  const add = (
    id: string,
    name: string,
    logGroups: ILogGroup[],
    query: ConstructorParameters<typeof QueryString>[0],
  ) =>
    new QueryDefinition(queries, id, {
      queryDefinitionName: `${Stack.of(scope).stackName}/${name}`,
      logGroups,
      queryString: new QueryString(query),
    });
  add("Run", "log of a run", [ingest, runner, sweeper], {
    fields: ["@timestamp", "service", "level", "step", "message", "fields.class", "fields.error"],
    filterStatements: ['run_id = "put the run\'s id here"'],
    sort: "@timestamp asc",
    limit: 1000,
  });
  add("Errors", "errors by class", [ingest, runner, sweeper], {
    filterStatements: ['level = "ERROR"'],
    statsStatements: [
      "count(*) as errors, latest(@timestamp) as last by service, workflow, fields.class, message",
    ],
    sort: "errors desc",
    limit: 100,
  });
  add("Slowest", "slowest steps", [runner], {
    filterStatements: ["ispresent(fields.slowest.ms)"],
    statsStatements: [
      "max(fields.slowest.ms) as longest_ms, avg(fields.slowest.ms) as average_ms, count(*) as runs by workflow, fields.slowest.id, fields.slowest.type",
    ],
    sort: "longest_ms desc",
    limit: 50,
  });
  add("Cost", "cost by workflow", [runner], {
    filterStatements: ['message in ["run succeeded", "run failed", "run dropped", "run cancelled"]'],
    statsStatements: [
      "sum(fields.cost_usd) as usd, sum(fields.saved_usd) as saved_usd, count(*) as runs by workflow, bin(1d)",
    ],
    sort: "usd desc",
  });
  add("Refused", "refused deliveries", [ingest], {
    filterStatements: ["message like /^delivery (refused|invalid|limited)/"],
    statsStatements: [
      "count(*) as deliveries, latest(@timestamp) as last by workflow, message, fields.reason, fields.status",
    ],
    sort: "deliveries desc",
    limit: 100,
  });
}
