import * as z from "zod";

const key = (what: string) =>
  z.string().min(1).optional().describe(`Template of ${what}; absent: all of the workflow's`);

const LONGEST_DEBOUNCE_SECONDS = 7 * 86_400;

/** The keys of a webhook's `limits`. Times in seconds. */
export const limitKeys = z.strictObject({
  rate: z
    .strictObject({
      count: z
        .number()
        .int()
        .min(1)
        .max(1_000_000)
        .describe("How many deliveries of a key are taken at once"),
      per: z
        .number()
        .int()
        .min(1)
        .max(86_400)
        .describe("Seconds within which as many are taken again, evenly"),
      key: key("whose deliveries are counted together"),
      over: z
        .enum(["reject", "queue"])
        .default("reject")
        .describe("What becomes of more: 429 with `Retry-After`, or a run that begins when it is its turn"),
    })
    .optional()
    .describe("How many deliveries are taken in a time"),
  concurrency: z
    .strictObject({
      count: z.number().int().min(1).max(100).describe("How many runs of a key are at work at once"),
      key: key("whose runs are counted together"),
    })
    .optional()
    .describe("How many runs are at work at once, across all instances; the others wait in line"),
  debounce: z
    .strictObject({
      seconds: z
        .number()
        .int()
        .min(1)
        .max(LONGEST_DEBOUNCE_SECONDS)
        .describe("How long nothing may follow a delivery until its run begins"),
      max_seconds: z
        .number()
        .int()
        .min(1)
        .max(LONGEST_DEBOUNCE_SECONDS)
        .optional()
        .describe(
          "How long deliveries may follow one another until one of them runs all the same; absent: for ever",
        ),
      key: key("whose deliveries follow one another"),
    })
    .optional()
    .describe("Of deliveries that follow one another, the last one runs; the others are dropped"),
  batch: z
    .strictObject({
      size: z.number().int().min(1).max(1_000).describe("How many deliveries share a run at most"),
      seconds: z
        .number()
        .int()
        .min(1)
        .max(86_400)
        .describe("How long after the first of them the run begins, if it has not so many by then"),
      key: key("whose deliveries share a run"),
    })
    .optional()
    .describe("Deliveries share a run, whose event is the list of their bodies"),
});
