import * as z from "zod";
import { conditionSchema } from "../../lib/core/condition.ts";
import { isObject } from "../../lib/core/json.ts";
import { anyJson, jsonMapping } from "../../lib/core/schema.ts";
import { type AnyStep, defineStep } from "../../lib/core/step.ts";

const quiet = { effect: false, repeatable: true, defaultOutput: null, timeoutSeconds: null };
const run = () => ({ kind: "next" as const });

const call = defineStep({
  ...quiet,
  type: "call",
  summary: "Call something",
  effect: true,
  defaultOutput: "answer",
  timeoutSeconds: 30,
  schema: z.strictObject({
    url: z.string(),
    key: z.string(),
    method: z.enum(["GET", "POST"]).default("GET"),
    limit: z.int().min(1).max(100).optional(),
    tags: z.array(z.string()).max(2).optional(),
    headers: z.record(z.string().regex(/^[a-z-]+$/, "lower-case letters and dashes"), z.string()).optional(),
    body: anyJson.optional(),
    options: z
      .strictObject({ follow: z.boolean().optional(), name: z.string().min(1).optional() })
      .optional(),
    target: z.union([z.string(), z.array(z.string())]).optional(),
  }),
  templates: { key: "${env:CALL_KEY}" },
  environment: [{ name: "CALL_KEY", secret: true }],
  dependsOn: () => [],
  check: ({ method, body }) =>
    method === "GET" && body !== undefined ? [{ at: ["body"], message: "GET carries no body" }] : [],
  run,
});

const say = defineStep({
  ...quiet,
  type: "say",
  summary: "Say something | anything",
  schema: z.strictObject({ text: z.string().optional(), fields: z.array(z.string()).optional() }),
  paths: ["fields"],
  templates: { text: "${env:GREETING, hello}" },
  environment: [{ name: "GREETING", secret: false }],
  dependsOn: () => [],
  run,
});

const gate = defineStep({
  ...quiet,
  type: "gate",
  summary: "Go on or drop",
  schema: z.strictObject({
    conditions: z.array(conditionSchema).optional(),
    drop_on_failure: z.boolean().default(true),
  }),
  conditions: ["conditions"],
  run,
});

const choose = defineStep({
  ...quiet,
  type: "choose",
  summary: "Choose",
  schema: z.strictObject({
    if: z.strictObject({ conditions: z.array(conditionSchema) }),
    else: z.strictObject({}).nullish(),
  }),
  conditions: ["if"],
  nested: [
    { at: ["if", "steps"], required: true },
    { at: ["else", "steps"], required: false },
  ],
  blocks: (raw) => [
    { label: "if", at: ["if", "steps"], required: true },
    ...(isObject(raw.else) ? [{ label: "else", at: ["else", "steps"], required: false }] : []),
  ],
  run,
});

const loop = defineStep({
  ...quiet,
  type: "loop",
  summary: "Repeat",
  inputRequired: true,
  schema: z.strictObject({ var: z.string().default("item") }),
  nested: [{ at: ["steps"], required: true }],
  blocks: () => [{ label: "steps", at: ["steps"], required: true }],
  run,
});

const program = defineStep({
  ...quiet,
  type: "program",
  summary: "Evaluate",
  defaultOutput: "result",
  schema: z.strictObject({ query: z.string(), values: jsonMapping.default({}) }),
  untemplated: ["query"],
  run,
});

const steps: readonly AnyStep[] = [call, say, gate, choose, loop, program];

/** Step types that exercise everything the loader does, and do nothing. */
export const fakeSteps: ReadonlyMap<string, AnyStep> = new Map(steps.map((step) => [step.type, step]));
