import * as z from "zod";
import { jsonMapping } from "../core/schema.ts";
import { OBJECT_EVENTS, OVERLAPS } from "../core/source-input.ts";

const type = z.string().describe("What starts a run");
/** What these accept beside their own form: the environment is read when a stage is deployed. */
const ENV = String.raw`|\$\{env:`;
const matching = (form: string, message: string) => z.string().regex(new RegExp(form + ENV), message);

const queue = matching(
  String.raw`^arn:aws[a-z-]*:sqs:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,80}(?:\.fifo)?$`,
  "the ARN of a queue is arn:aws:sqs:REGION:ACCOUNT:NAME",
);
const bus = matching(
  String.raw`^(?:arn:aws[a-z-]*:events:[a-z0-9-]+:\d{12}:event-bus\/)?[\w./-]{1,256}$`,
  "an event bus is named, or given by its ARN",
);
const bucket = matching(
  "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
  "a bucket's name is 3 to 63 lower-case letters, digits, dots and dashes",
);
const recipient = matching(
  String.raw`^(?:[^\s@"<>]{1,64}@)?\.?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$`,
  "a recipient is an address, name@example.com, or a domain",
);

/** The keys of each kind of input but webhooks. Times in seconds. */
export const sourceKeys = {
  cron: z
    .strictObject({
      type,
      cron: z.string().describe("Five fields: minute, hour, day of month, month, day of week"),
      timezone: z.string().default("UTC").describe("Name of the time zone, e.g. Europe/Berlin"),
      start_now: z
        .boolean()
        .default(false)
        .describe("Whether a run also starts once a version of the file is deployed"),
      overlap: z
        .enum(OVERLAPS)
        .default("allow")
        .describe("What comes of a tick while the run of an earlier one has not ended"),
      payload: jsonMapping.default({}).describe("The event of each run"),
    })
    .describe("Runs at set times"),
  sqs: z
    .strictObject({ type, queue: queue.describe("ARN of the queue, in the stage's region") })
    .describe("A run for each message of a queue"),
  eventbridge: z
    .strictObject({
      type,
      pattern: jsonMapping.describe("Which events: a pattern in EventBridge's own language"),
      bus: bus.default("default").describe("Name or ARN of the event bus"),
    })
    .describe("A run for each event of a bus that fits a pattern"),
  s3: z
    .strictObject({
      type,
      bucket: bucket.describe("Name of a bucket that sends its events to EventBridge"),
      prefix: z.string().min(1).optional().describe("How the keys of the objects begin"),
      suffix: z.string().min(1).optional().describe("How they end, e.g. `.csv`"),
      events: z
        .array(z.enum(OBJECT_EVENTS))
        .min(1)
        .default(["created"])
        .describe("What happens to the objects"),
    })
    .describe("A run for each object that a bucket gets or loses"),
  email: z
    .strictObject({
      type,
      to: z
        .union([recipient, z.array(recipient).min(1).max(100)])
        .transform((value) => (typeof value === "string" ? [value] : value))
        .describe("Addresses that receive, or domains for every address of them"),
    })
    .describe("A run for each mail to an address"),
};
