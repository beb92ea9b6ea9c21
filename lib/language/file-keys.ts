import * as z from "zod";
import { conditionSchema } from "../core/condition.ts";
import { type ExactNumber, isExactNumber } from "../core/json.ts";
import { anyJson } from "../core/schema.ts";
import { jsonSchema } from "../steps/json-schema.ts";
import { limitKeys } from "./limit-keys.ts";
import { sourceKeys } from "./source-keys.ts";

/** Services try for up to three days. */
export const DEDUPE_WINDOW_SECONDS = 3 * 86_400;
/** API Gateway waits for 30 seconds. */
const LONGEST_ANSWER_SECONDS = 25;
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
const exactNumber = z.custom<ExactNumber>(isExactNumber, "a number").meta({ type: "number" });
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
          name: environmentName.describe("The name that `${env:NAME}` reads"),
          secret: z
            .boolean()
            .default(false)
            .describe("Whether its value is blanked wherever something is kept"),
          default: scalar.optional().describe("The value where nothing else gives one"),
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
    .optional()
    .describe("The workflow's identity, together with the stage; absent: the file's name"),
  description: z.string().optional().describe("What the workflow does, for people"),
  version: z
    .string()
    .optional()
    .describe("Free text, shown beside the hash that really tells versions apart"),
  stage: stages
    .optional()
    .describe("Deploy to this stage only, e.g. `${env:STAGE, dev}`; absent: to every stage"),
  stages: stages.optional().describe("Deploy to these stages only; absent: to every stage"),
  rollout: z
    .string()
    .regex(/^\d{1,2}(\.\d{1,2})?%$/, "write a share below 100%, as 5% or 0.5%")
    .optional()
    .describe(
      "Share of the events that a new version gets when it is deployed, e.g. `5%`; the rest stays with the one before. Absent: all",
    ),
  environment: anyJson.optional().describe("Names that the file reads with `${env:…}`"),
  input: anyJson.optional().describe("The trigger; absent: `{ type: http_webhook }`"),
  steps: anyJson.optional().describe("What is done, in order; may be empty"),
  on_failure: anyJson
    .optional()
    .describe("Steps that run once when a run ends as `failed`; they see `error` and the state as it was"),
  output: anyJson.optional().describe("Template of the run's result; absent: the whole state"),
  timeout: z
    .number()
    .gt(0)
    .max(YEAR_SECONDS)
    .default(3600)
    .describe("Seconds that a whole run may take, waits left out"),
  defaults: anyJson.optional().describe("Common keys for every step of the file that has an external effect"),
  strict: z
    .boolean()
    .default(false)
    .describe("Whether a placeholder that resolves to nothing fails the run instead of becoming empty"),
  history: z
    .strictObject({
      retention_days: z.number().int().min(1).max(3650).default(30).describe("Days that runs are kept"),
      redact: z.array(z.string()).default([]).describe("Paths that are blanked in what is kept"),
    })
    .default({ retention_days: 30, redact: [] })
    .describe("How long runs are kept, and what of them"),
});

/** The values of {@link fileKeys}. */
export type FileKeys = z.infer<typeof fileKeys>;

/** The keys of each kind of input (language.md section 5). */
export const inputKeys = {
  http_webhook: z
    .strictObject({
      type: z.string().describe("What starts a run"),
      verify: anyJson.optional().describe("Who may call; absent: whoever knows the URL"),
      dedupe: z
        .union([
          z.boolean(),
          z.strictObject({
            key: z
              .string()
              .min(1)
              .optional()
              .describe("Template of what tells deliveries apart; absent: the preset's"),
            window: z
              .number()
              .int()
              .min(1)
              .max(365 * 86_400)
              .default(DEDUPE_WINDOW_SECONDS)
              .describe("Seconds from the first delivery of a key"),
          }),
        ])
        .optional()
        .describe(
          "Which deliveries are the same; absent: as the preset says, and without one each is its own",
        ),
      respond: z
        .union([
          z.literal("async"),
          z.strictObject({
            wait: z
              .number()
              .gt(0)
              .max(LONGEST_ANSWER_SECONDS)
              .describe("Seconds that the sender waits for the run, at most 25"),
            status: z
              .number()
              .int()
              .min(200)
              .max(299)
              .default(200)
              .describe("The HTTP status of a run that succeeded"),
            body: anyJson.optional().describe("Template of the answer; absent: the run's result"),
          }),
        ])
        .optional()
        .describe(
          "Whether the sender waits for what comes of the run; absent: `async`, it gets the run's id at once",
        ),
      schema: z
        .union([z.string(), jsonSchema])
        .optional()
        .describe(
          "JSON Schema of the body, or the name of a file with it; what does not fit is answered 422",
        ),
      filter: z
        .array(conditionSchema)
        .min(1)
        .optional()
        .describe("Conditions; a delivery for which one does not hold is dropped"),
      limits: limitKeys.optional().describe("How much the webhook takes; absent: as much as comes"),
    })
    .describe("A run for each POST to the workflow's URL"),
  ...sourceKeys,
};
