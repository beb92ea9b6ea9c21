import * as z from "zod";

const key = (what: string) =>
  z.string().min(1).optional().describe(`Template of ${what}; absent: all of the workflow's`);

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
});
