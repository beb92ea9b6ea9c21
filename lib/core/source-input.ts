import type { JsonObject } from "./json.ts";

/** Runs at set times. */
export interface CronInput {
  readonly type: "cron";
  /** Five fields. */
  readonly cron: string;
  /** A name of the time zone database. */
  readonly timezone: string;
  readonly startNow: boolean;
  /** What comes of a tick while the run of an earlier one has not ended. */
  readonly overlap: Overlap;
  readonly payload: JsonObject;
}

/** A run beside the earlier one, a run that is dropped at once, or a run as soon as the earlier one has ended. */
export const OVERLAPS = ["allow", "skip", "queue"] as const;
/** One of {@link OVERLAPS}. */
export type Overlap = (typeof OVERLAPS)[number];

/** What an `s3` input tells apart. */
export const OBJECT_EVENTS = ["created", "deleted"] as const;
/** One of {@link OBJECT_EVENTS}. */
export type ObjectEvent = (typeof OBJECT_EVENTS)[number];

/** A service that brings events by itself. Its texts may read the environment, `${env:NAME}`: they are resolved when a stage is deployed. */
export type SourceInput =
  | {
      readonly type: "sqs";
      /** ARN of the queue. */
      readonly queue: string;
    }
  | {
      readonly type: "eventbridge";
      readonly bus: string;
      /** EventBridge's own language. */
      readonly pattern: JsonObject;
    }
  | {
      readonly type: "s3";
      readonly bucket: string;
      readonly prefix?: string;
      readonly suffix?: string;
      readonly events: readonly ObjectEvent[];
    }
  | {
      readonly type: "email";
      /** Addresses, and domains for every address below them. */
      readonly to: readonly string[];
    };

/** True for an input whose events a service brings by itself. */
export function isSource<T extends { readonly type: string }>(input: T): input is T & SourceInput {
  return ["sqs", "eventbridge", "s3", "email"].includes(input.type);
}
