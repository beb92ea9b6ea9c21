import * as z from "zod";
import { type ExactNumber, isExactNumber } from "../core/json.ts";
import { anyJson, jsonMapping } from "../core/schema.ts";

const YEAR_SECONDS = 365 * 86_400;

/** What a workflow's name looks like (language.md section 1). */
export const WORKFLOW_NAME = /^[a-z][a-z0-9-]{0,62}$/;

const stage = z
  .string()
  .regex(
    /^(?:[a-z][a-z0-9-]{0,31}|\$\{env:STAGE\s*(?:,[^}]*)?\})$/,
    "a stage is lower-case letters, digits and dashes, or ${env:STAGE}",
  );
const stages = z.union([stage, z.array(stage).min(1)]);
const exactNumber = z.custom<ExactNumber>(isExactNumber, "a number");
const scalar = z.union([z.string(), z.number(), z.boolean(), exactNumber]);
const environmentName = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_]*$/,
    "the name of an environment variable is letters, digits and underscores",
  );

/** The one key whose faults must not hide those of the rest. */
export const environmentKey = z.strictObject({
  environment: z
    .array(
      z.union([
        environmentName,
        z.strictObject({
          name: environmentName,
          secret: z.boolean().default(false),
          default: scalar.optional(),
        }),
      ]),
    )
    .nullish(),
});

/** The keys of a file. What has checks of its own is any value here. Times in seconds. */
export const fileKeys = z.strictObject({
  name: z
    .string()
    .regex(
      WORKFLOW_NAME,
      "a name starts with a lower-case letter, then has at most 62 lower-case letters, digits and dashes",
    )
    .optional(),
  description: z.string().optional(),
  version: z.string().optional(),
  stage: stages.optional(),
  stages: stages.optional(),
  environment: anyJson.optional(),
  input: anyJson.optional(),
  steps: anyJson.optional(),
  on_failure: anyJson.optional(),
  output: anyJson.optional(),
  timeout: z.number().gt(0).max(YEAR_SECONDS).default(3600),
  defaults: anyJson.optional(),
  strict: z.boolean().default(false),
  history: z
    .strictObject({
      retention_days: z.number().int().min(1).max(3650).default(30),
      redact: z.array(z.string()).default([]),
    })
    .default({ retention_days: 30, redact: [] }),
});

/** The values of {@link fileKeys}. */
export type FileKeys = z.infer<typeof fileKeys>;

/** The keys of each kind of input (language.md section 5). */
export const inputKeys = {
  http_webhook: z.strictObject({ type: z.string() }),
  cron: z.strictObject({
    type: z.string(),
    cron: z.string(),
    timezone: z.string().default("UTC"),
    start_now: z.boolean().default(false),
    payload: jsonMapping.default({}),
  }),
};
