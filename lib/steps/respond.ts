import * as z from "zod";
import { anyJson } from "../core/schema.ts";
import { defineStep } from "../core/step.ts";

const schema = z.strictObject({
  status: z.number().int().min(200).max(599).default(200).describe("The HTTP status"),
  body: anyJson.default(null).describe("The answer: text goes out as it is, anything else as JSON"),
  headers: z.record(z.string(), z.string()).default({}).describe("Further headers"),
});

/** Answers the sender who waits for the run, which goes on. */
export const respond = defineStep({
  type: "respond",
  summary: "Answer the sender of the webhook and go on",
  effect: true,
  repeatable: true,
  defaultOutput: null,
  timeoutSeconds: 10,
  schema,
  facts: { shape: () => null, told: ["body", "headers"], staysInStage: true },
  async run({ status, body, headers }, { ports, warn }) {
    const isFirst = await ports.answer?.({ status, body, headers });
    if (isFirst === undefined) return { kind: "next", note: "nobody waits for an answer" };
    if (!isFirst) warn("another answer was given before: the sender gets that one");
    return { kind: "next", note: `answered ${status}` };
  },
});
