import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  Context,
  SQSBatchResponse,
  SQSEvent,
} from "aws-lambda";

/** The functions as the cloud calls them. */
export interface Functions {
  readonly ingest: (
    event: APIGatewayProxyEventV2,
    context: Context,
  ) => Promise<APIGatewayProxyStructuredResultV2>;
  readonly inbox: (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;
  readonly console: (
    event: APIGatewayProxyEventV2,
    context: Context,
  ) => Promise<APIGatewayProxyStructuredResultV2>;
  readonly sweeper: (event: unknown, context: Context) => Promise<unknown>;
}

/** Loads the functions. They read their environment while loading, as at a cold start: it must be set before. */
export async function loadFunctions(): Promise<Functions> {
  const [ingest, inbox, sweeper, consoleOf] = await Promise.all([
    import("../../functions/ingest.ts"),
    import("../../functions/inbox.ts"),
    import("../../functions/sweeper.ts"),
    import("../../functions/console.ts"),
  ]);
  return {
    ingest: ingest.handler,
    inbox: inbox.handler,
    sweeper: sweeper.handler,
    console: consoleOf.handler,
  };
}
