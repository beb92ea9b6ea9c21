import * as z from "zod";
import { conditionSchema } from "../core/condition.ts";
import { ERROR_CLASSES } from "../core/flow-error.ts";

const DAY_SECONDS = 86_400;
const YEAR_SECONDS = 365 * DAY_SECONDS;

/** What holds where neither a step nor the file's `defaults` say otherwise. Times in seconds. */
export const KEY_DEFAULTS = {
  retries: 0,
  backoff_seconds: 1,
  backoff: "exponential",
  max_backoff_seconds: 900,
  retry_on: ["timeout", "connection", "rate_limited", "server_error"],
  swallow_on_error: false,
  raw_on_error: false,
  effect: "at_least_once",
} as const;

const label = {
  type: z.string().describe("Which step"),
  id: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe("Stable name in history, metrics and tests, unique in the file"),
  name: z.string().optional().describe("Label for people"),
};

/** How a result is kept (language.md section 7). Times in seconds. */
const cacheKeys = z.strictObject({
  ttl: z.number().min(1).max(YEAR_SECONDS).describe("Seconds that a result is good for, at least 1"),
  key: z
    .string()
    .min(1)
    .optional()
    .describe(
      "Template of what results are kept apart by; default: the parameters and all else that the step's result depends on",
    ),
  scope: z
    .enum(["workflow", "run", "stage"])
    .default("workflow")
    .describe(
      "Who shares results: runs of the workflow, the steps of one run, or all workflows of the stage",
    ),
});

/** What `defaults` of a file may hold: the keys that make sense for several steps at once. Times in seconds. */
export const sharedKeys = z.strictObject({
  when: z
    .array(conditionSchema)
    .optional()
    .describe("Conditions that must all hold, else the step is skipped and recorded as `skipped`"),
  input_from: z
    .string()
    .min(1)
    .optional()
    .describe("Path of the value that the step works on; default: the whole state"),
  output_to: z.string().min(1).optional().describe("Path that the result is written to"),
  inject: z
    .union([z.boolean(), z.string().min(1)])
    .optional()
    .describe(
      "`true` merges a result that is a mapping into the state's root; a path is an old spelling of `output_to`",
    ),
  retries: z
    .number()
    .int()
    .min(0)
    .max(10)
    .optional()
    .meta({ description: "Further attempts, 0 to 10", default: KEY_DEFAULTS.retries }),
  // A wait is at most a year, as everywhere in the language; timers in process hold a day safely.
  backoff_seconds: z.number().min(0).max(YEAR_SECONDS).optional().meta({
    description: "Wait before the first retry, doubled before each further one and jittered",
    default: KEY_DEFAULTS.backoff_seconds,
  }),
  backoff: z
    .enum(["exponential", "constant"])
    .optional()
    .meta({ description: "Whether waits double or stay the same", default: KEY_DEFAULTS.backoff }),
  max_backoff_seconds: z
    .number()
    .min(0)
    .max(YEAR_SECONDS)
    .optional()
    .meta({ description: "Longest wait between two attempts", default: KEY_DEFAULTS.max_backoff_seconds }),
  retry_on: z
    .array(z.enum(ERROR_CLASSES))
    .optional()
    .meta({ description: "Error classes worth another attempt", default: KEY_DEFAULTS.retry_on }),
  timeout: z.number().gt(0).max(DAY_SECONDS).optional().describe("Seconds for one attempt"),
  drop_on_failure: z
    .boolean()
    .optional()
    .describe(
      "When the step has failed for good: `true` ends the run as `dropped`, `false` goes on with `{ error, error_details }` as the result",
    ),
  swallow_on_error: z.boolean().optional().meta({
    description: "`true`: when the step has failed for good the run goes on with null as the result",
    default: KEY_DEFAULTS.swallow_on_error,
  }),
  raw_on_error: z.boolean().optional().meta({
    description: "With `swallow_on_error: true` the result is `{ error, error_details }` instead of null",
    default: KEY_DEFAULTS.raw_on_error,
  }),
  retry_propagate: z.boolean().optional().describe("`false` is an old spelling of `swallow_on_error: true`"),
  cache: z
    .union([z.literal(false), cacheKeys], "write a mapping with ttl, e.g. { ttl: 86400 }, or false")
    .optional()
    .describe("Keep the result for later runs, or take one that is kept; `false` keeps none"),
  effect: z.enum(["at_least_once", "at_most_once"]).optional().meta({
    description:
      "`at_most_once`: a call that a crash cut off is not repeated, the run fails with class `unknown_outcome`",
    default: KEY_DEFAULTS.effect,
  }),
});

/** The keys that every step has (language.md section 4). */
export const stepKeys = z.strictObject({ ...label, ...sharedKeys.shape });

/** The values of {@link sharedKeys} as a file gives them. */
export type SharedKeys = z.infer<typeof sharedKeys>;
/** The values of {@link stepKeys} as a file gives them. */
export type StepKeys = z.infer<typeof stepKeys>;

/** The names of all keys that every step has. */
export const STEP_KEY_NAMES: readonly string[] = Object.keys(stepKeys.shape);
