import * as z from "zod";
import { FlowError } from "./flow-error.ts";

const count = (fallback: number, max: number) => z.coerce.number().int().min(0).max(max).default(fallback);
const list = z
  .string()
  .default("")
  .transform((text) =>
    text
      .split(",")
      .map((item) => item.trim().toLowerCase())
      .filter((item) => item !== ""),
  );

const shared = {
  HOOKLINE_STAGE: z
    .string()
    .regex(
      /^[a-z][a-z0-9-]{0,31}$/,
      "write at most 32 lower-case letters, digits and dashes, a letter first",
    ),
  HOOKLINE_TABLE: z.string().min(1),
  HOOKLINE_QUEUE_URL: z.url(),
  HOOKLINE_DLQ_URL: z.url(),
  HOOKLINE_LOG_LEVEL: z.enum(["DEBUG", "INFO", "WARN", "ERROR"]).default("INFO"),
  /** How long an invocation of the runner may last, at most Lambda's 15 minutes: leases and hand-overs follow from it. */
  HOOKLINE_INVOCATION_SECONDS: z.coerce.number().int().min(1).max(900).default(900),
};

/** What ingest needs. Sizes in bytes. */
export const ingestConfig = z.object({
  ...shared,
  HOOKLINE_ORG_ID: z.string().min(1),
  HOOKLINE_WEBHOOK_KEY_ID: z.string().min(1),
  /** Absent: no webhook of the stage is verified. */
  HOOKLINE_SECRETS_ID: z.string().min(1).optional(),
  HOOKLINE_SECRETS_TTL_SECONDS: count(300, 86_400),
  /** Absent: no firewall stands before the API. */
  HOOKLINE_FRONT_KEY_ID: z.string().min(1).optional(),
  /** The API's own address is a way in beside it. */
  HOOKLINE_FRONT_OPEN: z.literal("yes").optional(),
  /** More than Lambda's 6 MB in all does not arrive; of a binary body, which travels as base64, about 4.7 MB do. */
  HOOKLINE_MAX_BODY_BYTES: count(6_000_000, 6_000_000),
});

/** What runner needs. Times in seconds. */
export const runnerConfig = z.object({
  ...shared,
  HOOKLINE_SECRETS_ID: z.string().min(1),
  HOOKLINE_SECRETS_TTL_SECONDS: count(300, 86_400),
  /** Private hosts that workflows may call, comma-separated. */
  HOOKLINE_ALLOW_PRIVATE_HOSTS: list,
  HOOKLINE_MAX_RECEIVE_COUNT: count(5, 1_000),
  /** Wait before the second delivery of a failed run; doubles with each. */
  HOOKLINE_RETRY_BASE_SECONDS: count(30, 900),
  /** Requests to the table that may be under way at once; absent: as many as the SDK has sockets. */
  HOOKLINE_TABLE_CONNECTIONS: z.coerce.number().int().min(1).optional(),
  /** A collector of OpenTelemetry; absent: spans are not even made. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
  /** Whether spans of models tell what was asked and answered; OpenTelemetry's own name for it. */
  OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: z.stringbool().default(false),
  /** What the collector asks for; absent: the value of that name among the workflow secrets, if there is one. */
  OTEL_EXPORTER_OTLP_HEADERS: z.string().optional(),
});

/** What inbox needs. Sizes in bytes. */
export const inboxConfig = z.object({
  ...shared,
  /** The stage's own queue of what services bring; every other one is a workflow's. */
  HOOKLINE_INBOX_URL: z.url(),
  HOOKLINE_INBOX_ARN: z.string().min(1),
  HOOKLINE_INBOX_DLQ_URL: z.url(),
  /** What makes a mail larger is left out of its event. */
  HOOKLINE_MAX_BODY_BYTES: count(6_000_000, 6_000_000),
});

/** What sweeper needs. */
export const sweeperConfig = z.object(shared);

/** The environment of a function as its code sees it. */
export type IngestConfig = z.infer<typeof ingestConfig>;
export type RunnerConfig = z.infer<typeof runnerConfig>;
export type InboxConfig = z.infer<typeof inboxConfig>;
export type SweeperConfig = z.infer<typeof sweeperConfig>;

/** What a deployment writes into a function's environment: every variable, as text. */
export type Environment<Config> = { readonly [Name in keyof Config]?: string };

/**
 * Reads a function's configuration from environment variables.
 * @throws FlowError `config_error` naming every variable that is missing or malformed.
 */
export function readConfig<Schema extends z.ZodType>(
  schema: Schema,
  env: { readonly [name: string]: string | undefined },
): z.infer<Schema> {
  const result = schema.safeParse(env);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    const name = issue.path.join(".");
    return env[name] === undefined ? `${name} is missing` : `${name} is malformed: ${issue.message}`;
  });
  throw new FlowError("config_error", `the function's environment is incomplete: ${problems.join("; ")}`);
}
