import * as z from "zod";
import { excerpt } from "../core/excerpt.ts";
import { FlowError } from "../core/flow-error.ts";
import { formatJson, type Json } from "../core/json.ts";
import { anyJson } from "../core/schema.ts";
import { defineStep } from "../core/step.ts";
import { templatedNumber } from "./number-parameter.ts";
import { pointInTime } from "./point-in-time.ts";

const YEAR_SECONDS = 365 * 86_400;

const schema = z.strictObject({
  seconds: templatedNumber(z.number().min(0).max(YEAR_SECONDS, "a wait is at most a year, 31536000 seconds"))
    .optional()
    .describe("How long"),
  until: anyJson
    .optional()
    .describe("Until when: ISO 8601 (UTC where it names no offset), or seconds or milliseconds since 1970"),
});

/** Lets time pass before the next step; a long wait is spent outside of any process. */
export const wait = defineStep({
  type: "wait",
  summary: "Wait for some time, or until a time",
  effect: false,
  repeatable: true,
  defaultOutput: null,
  timeoutSeconds: null,
  schema,
  facts: { shape: () => null },
  check(raw) {
    if ("seconds" in raw === "until" in raw)
      return [{ at: [], message: "a wait has either seconds or until: give one of the two" }];
    const { until } = raw;
    if (until === undefined || holdsTemplate(until) || !Number.isNaN(pointInTime(until))) return [];
    return [{ at: ["until"], message: notATime(until) }];
  },
  run({ seconds, until = null }, { ports, warn }) {
    const now = ports.clock.now();
    if (seconds !== undefined) return { kind: "wait", dueAt: now + Math.round(seconds * 1000) };
    const dueAt = Math.round(pointInTime(until));
    if (Number.isNaN(dueAt)) throw new FlowError("invalid_input", `until: ${notATime(until)}`);
    if (dueAt > now + YEAR_SECONDS * 1000) {
      throw new FlowError(
        "invalid_input",
        `until: ${formatJson(until)} is more than a year away, which is the longest wait`,
      );
    }
    if (dueAt < now) warn(`until: ${formatJson(until)} is in the past: there is nothing to wait for`);
    return { kind: "wait", dueAt: Math.max(dueAt, now) };
  },
});

function holdsTemplate(value: Json): boolean {
  return typeof value === "string" && value.includes("${");
}

function notATime(value: Json): string {
  return `${excerpt(formatJson(value), 100)} is no time: write ISO 8601 as in 2026-01-31T12:00:00Z, or seconds since 1970`;
}
