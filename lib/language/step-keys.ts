import * as z from "zod";
import { conditionSchema } from "../core/condition.ts";
import { ERROR_CLASSES } from "../core/flow-error.ts";

const DAY_SECONDS = 86_400;
const YEAR_SECONDS = 365 * DAY_SECONDS;

const label = {
  type: z.string(),
  id: z.string().min(1).max(100).optional(),
  name: z.string().optional(),
};

/** What `defaults` of a file may hold: the keys that make sense for several steps at once. Times in seconds. */
export const sharedKeys = z.strictObject({
  when: z.array(conditionSchema).optional(),
  input_from: z.string().min(1).optional(),
  output_to: z.string().min(1).optional(),
  inject: z.union([z.boolean(), z.string().min(1)]).optional(),
  retries: z.number().int().min(0).max(10).optional(),
  // A wait is at most a year, as everywhere in the language; timers in process hold a day safely.
  backoff_seconds: z.number().min(0).max(YEAR_SECONDS).optional(),
  backoff: z.enum(["exponential", "constant"]).optional(),
  max_backoff_seconds: z.number().min(0).max(YEAR_SECONDS).optional(),
  retry_on: z.array(z.enum(ERROR_CLASSES)).optional(),
  timeout: z.number().gt(0).max(DAY_SECONDS).optional(),
  drop_on_failure: z.boolean().optional(),
  swallow_on_error: z.boolean().optional(),
  raw_on_error: z.boolean().optional(),
  retry_propagate: z.boolean().optional(),
  effect: z.enum(["at_least_once", "at_most_once"]).optional(),
});

/** The keys that every step has (language.md section 4). */
export const stepKeys = z.strictObject({ ...label, ...sharedKeys.shape });

/** The values of {@link sharedKeys} as a file gives them. */
export type SharedKeys = z.infer<typeof sharedKeys>;
/** The values of {@link stepKeys} as a file gives them. */
export type StepKeys = z.infer<typeof stepKeys>;

/** The names of all keys that every step has. */
export const STEP_KEY_NAMES: readonly string[] = Object.keys(stepKeys.shape);
