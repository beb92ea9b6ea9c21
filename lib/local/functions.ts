import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  Context,
  SQSBatchResponse,
  SQSEvent,
} from "aws-lambda";
import type { CronEvent } from "../app/ingest-tick.ts";

/** The three functions as the cloud calls them. */
export interface Functions {
  readonly ingest: (
    event: APIGatewayProxyEventV2 | CronEvent,
    context: Context,
  ) => Promise<APIGatewayProxyStructuredResultV2>;
  readonly runner: (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;
  readonly sweeper: (event: unknown, context: Context) => Promise<unknown>;
}

/** Loads the functions. They read their environment while loading, as at a cold start: it must be set before. */
export async function loadFunctions(): Promise<Functions> {
  const [ingest, runner, sweeper] = await Promise.all([
    import("../../functions/ingest.ts"),
    import("../../functions/runner.ts"),
    import("../../functions/sweeper.ts"),
  ]);
  return { ingest: ingest.handler, runner: runner.handler, sweeper: sweeper.handler };
}
