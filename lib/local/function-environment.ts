import type { InboxConfig, IngestConfig, RunnerConfig, SweeperConfig } from "../core/config.ts";
import type { ConsoleConfig } from "../core/console-config.ts";
import {
  inboxDeadLettersName,
  inboxName,
  tableName,
  webhookKeyId,
  workflowSecretsId,
} from "../core/stage-names.ts";
import { localQueueArn, queueUrlAt } from "./create-resources.ts";
import { LOCAL_CREDENTIALS, LOCAL_ORG_ID, LOCAL_REGION, LOCAL_STAGE } from "./local-names.ts";

type Names =
  | keyof (ConsoleConfig & IngestConfig & InboxConfig & RunnerConfig & SweeperConfig)
  | "HOOKLINE_CATALOG_DIR";

/** Where the functions find what they work with. */
export interface FunctionSurroundings {
  readonly dynamodb: string;
  readonly sqs: string;
  readonly secrets: string;
  readonly queueUrl: string;
  readonly deadLetterUrl: string;
  readonly objects: string;
  readonly catalogFolder: string;
  readonly metricFolder: string;
  readonly accessKeyId: string;
}

/** Settings of the functions that the shell and the `.env` files may choose. */
export const FUNCTION_SETTINGS: readonly Names[] = [
  "HOOKLINE_ALLOW_PRIVATE_HOSTS",
  "HOOKLINE_INVOCATION_SECONDS",
  "HOOKLINE_LOG_LEVEL",
  "HOOKLINE_MAX_BODY_BYTES",
  "HOOKLINE_MAX_RECEIVE_COUNT",
  "HOOKLINE_RETRY_BASE_SECONDS",
  "OTEL_EXPORTER_OTLP_ENDPOINT",
  "OTEL_EXPORTER_OTLP_HEADERS",
  "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT",
];

/**
 * The environment that all functions find, as a deployment would have written it. It replaces every AWS
 * variable of the shell: no profile, key or endpoint of a real account is left to be used.
 */
export function functionEnvironment(
  around: FunctionSurroundings,
  shell: { readonly [name: string]: string | undefined },
  settings: { readonly [name: string]: string },
): { readonly [name: string]: string | undefined } {
  const cleared = Object.keys(shell).filter((name) => name.startsWith("AWS_"));
  const ours = {
    HOOKLINE_STAGE: LOCAL_STAGE,
    HOOKLINE_ORG_ID: LOCAL_ORG_ID,
    HOOKLINE_TABLE: tableName(LOCAL_STAGE),
    HOOKLINE_QUEUE_URL: around.queueUrl,
    HOOKLINE_DLQ_URL: around.deadLetterUrl,
    HOOKLINE_INBOX_URL: queueUrlAt(around.sqs, inboxName(LOCAL_STAGE)),
    HOOKLINE_INBOX_ARN: localQueueArn(inboxName(LOCAL_STAGE)),
    HOOKLINE_INBOX_DLQ_URL: queueUrlAt(around.sqs, inboxDeadLettersName(LOCAL_STAGE)),
    HOOKLINE_SECRETS_ID: workflowSecretsId(LOCAL_STAGE),
    HOOKLINE_WEBHOOK_KEY_ID: webhookKeyId(LOCAL_STAGE),
    // A change of .env shows at once.
    HOOKLINE_SECRETS_TTL_SECONDS: "1",
    // The table store serves one after the other: so many of the runner's requests may stand before a delivery's.
    HOOKLINE_TABLE_CONNECTIONS: "2",
    HOOKLINE_CATALOG_DIR: around.catalogFolder,
    HOOKLINE_METRICS_FOLDER: around.metricFolder,
  } satisfies { [Name in Names]?: string };
  return {
    ...Object.fromEntries(cleared.map((name) => [name, undefined])),
    ...settings,
    ...ours,
    AWS_REGION: LOCAL_REGION,
    AWS_ACCESS_KEY_ID: around.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: around.dynamodb,
    AWS_ENDPOINT_URL_SQS: around.sqs,
    AWS_ENDPOINT_URL_S3: around.objects,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: around.secrets,
  };
}

/** Makes an environment this process's own; undefined takes a variable away. */
export function setEnvironment(environment: { readonly [name: string]: string | undefined }): void {
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}
