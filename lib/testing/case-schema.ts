import * as z from "zod";
import { answerRule } from "../adapters/scripted/answer-schema.ts";
import { ERROR_CLASSES } from "../core/flow-error.ts";
import { anyJson, jsonMapping } from "../core/schema.ts";

const texts = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String));

const given = z.strictObject({
  event: anyJson.optional(),
  earlier: z.array(anyJson).optional(),
  event_file: z.string().min(1).optional(),
  body: z.string().optional(),
  base64: z.base64().optional(),
  content_type: z.string().optional(),
  request: z
    .strictObject({
      method: z.string().optional(),
      path: z.string().optional(),
      query: jsonMapping.optional(),
      headers: texts.optional(),
    })
    .optional(),
  environment: texts.optional(),
  stage: z.string().min(1).optional(),
  now: z
    .string()
    .refine((text) => !Number.isNaN(Date.parse(text)), "a time is ISO 8601, e.g. 2026-11-23T09:00:00Z")
    .optional(),
  answers: z.array(answerRule).optional(),
});

const ONE_EVENT = "event, event_file, body and base64 are ways to give the event: keep one";
const oneEvent = ({ event, event_file, body, base64 }: z.infer<typeof given>) =>
  [event, event_file, body, base64].filter((one) => one !== undefined).length <= 1;

const calls = z.array(z.union([z.string(), jsonMapping]));

const expected = z.strictObject({
  status: z.enum(["succeeded", "failed", "dropped", "cancelled"]).optional(),
  state: anyJson.optional(),
  output: anyJson.optional(),
  error: z
    .strictObject({
      class: z.enum(ERROR_CLASSES).optional(),
      step: z.string().optional(),
      message: anyJson.optional(),
      details: anyJson.optional(),
    })
    .optional(),
  reason: anyJson.optional(),
  steps: z.record(z.string(), anyJson).optional(),
  calls: z.union([calls, z.strictObject({ exactly: calls })]).optional(),
  not_called: z.array(z.string()).optional(),
  waits: z.array(anyJson).optional(),
  logs: z.array(z.union([z.string(), jsonMapping])).optional(),
  warnings: z.array(z.string()).optional(),
  cost_usd: anyJson.optional(),
  saved_usd: anyJson.optional(),
});

/** What a test file holds. */
export const testFileSchema = z.strictObject({
  workflow: z.string().min(1).optional(),
  defaults: given.refine(oneEvent, ONE_EVENT).optional(),
  cases: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        given: given.refine(oneEvent, ONE_EVENT).optional(),
        expect: expected.optional(),
      }),
    )
    .min(1),
});

/** What a run is given. */
export type Given = z.infer<typeof given>;
/** What must come of it. */
export type Expected = z.infer<typeof expected>;
