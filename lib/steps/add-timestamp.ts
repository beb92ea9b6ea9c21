import * as z from "zod";
import { excerpt } from "../core/excerpt.ts";
import { formatJson } from "../core/json.ts";
import { formatPath, parsePath } from "../core/path.ts";
import { defineStep } from "../core/step.ts";
import type { StepContext } from "../core/step-context.ts";
import { pointInTime } from "./point-in-time.ts";

const DEFAULT_OUTPUT = "meta.timestamp";

const FORMATS = {
  epoch: (ms: number) => Math.floor(ms / 1000),
  epoch_ms: (ms: number) => ms,
  iso8601: (ms: number) => new Date(ms).toISOString(),
};

const schema = z.strictObject({
  format: z
    .enum(["epoch", "epoch_ms", "iso8601"])
    .default("iso8601")
    .describe("Seconds or milliseconds since 1970, or text"),
});

/** Writes the present time, and with an `end_time` the duration since its `start_time`. */
export const addTimestamp = defineStep({
  type: "add_timestamp",
  summary: "Write the present time",
  effect: false,
  repeatable: false,
  defaultOutput: DEFAULT_OUTPUT,
  timeoutSeconds: null,
  schema,
  dependsOn: () => [],
  facts: {
    shape: () => ({}),
    also: (_raw, { outputTo }) => {
      const path = parsePath(outputTo ?? DEFAULT_OUTPUT);
      return path.at(-1) === "end_time" ? { [formatPath([...path.slice(0, -1), "duration"])]: {} } : {};
    },
  },
  run({ format }, context) {
    const now = context.ports.clock.now();
    const duration = durationUntil(now, context);
    return { kind: "next", output: FORMATS[format](now), ...(duration && { also: duration }) };
  },
});

/** `<p>.duration` where `<p>.end_time` is being written and `<p>.start_time` is a time; seconds. */
function durationUntil(now: number, { outputTo, read, writtenAt, warn }: StepContext) {
  const path = parsePath(outputTo ?? DEFAULT_OUTPUT);
  if (path.at(-1) !== "end_time") return undefined;
  const sibling = (key: string) => formatPath([...path.slice(0, -1), key]);
  const start = read(sibling("start_time"));
  if (start === undefined || start === null) return undefined;
  const startMs = preciseTime(pointInTime(start), writtenAt(sibling("start_time")));
  if (Number.isNaN(startMs)) {
    warn(`${sibling("start_time")} is ${excerpt(formatJson(start), 100)}, which is no time: no duration`);
    return undefined;
  }
  return { [sibling("duration")]: Math.round(now - startMs) / 1000 };
}

/** A time in whole seconds lacks the milliseconds; the step that wrote it knows them. */
function preciseTime(ms: number, writtenAt: number | undefined): number {
  return ms % 1000 === 0 && writtenAt !== undefined && Math.floor(writtenAt / 1000) * 1000 === ms
    ? writtenAt
    : ms;
}
