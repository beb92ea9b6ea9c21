import * as z from "zod";
import type { Json } from "../core/json.ts";
import { defineStep } from "../core/step.ts";

const DEFAULT_TIMEOUT_SECONDS = 5;

const schema = z.strictObject({
  query: z
    .string()
    .refine((text) => text.trim() !== "", "an empty query gives nothing: write . for the input itself")
    .refine((text) => !text.includes("\0"), "a query holds no NUL character")
    .describe("The jq program; `$input`, `$workflow` and `$run` are bound"),
  multiple: z.boolean().default(false).describe("Always write a list of all results"),
});

/** Evaluates a jq program on its input. */
export const jq = defineStep({
  type: "jq",
  summary: "Reshape data with jq",
  effect: false,
  repeatable: ({ query }) => !/\bnow\b/.test(String(query)),
  defaultOutput: "jq",
  timeoutSeconds: DEFAULT_TIMEOUT_SECONDS,
  limitsItself: true,
  schema,
  facts: { usesInput: () => true, programs: { query: "jq" } },
  untemplated: ["query"],
  dependsOn: ({ query }, { input, event, workflow, run }) => {
    const named = Object.entries({ input: event, workflow, run }).filter(([name]) =>
      String(query).includes(`$${name}`),
    );
    return [input, Object.fromEntries(named)];
  },
  async run({ query, multiple }, context) {
    const outcome = await context.ports.jq.run({
      runId: String(context.run.id),
      program: query,
      input: context.input,
      now: context.ports.clock.now(),
      bindings: { input: context.event, workflow: context.workflow, run: context.run },
      timeoutMs: (context.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS) * 1000,
      signal: context.signal,
    });
    context.logOutput(outcome.logs);
    if ("error" in outcome) throw outcome.error;
    const { results } = outcome;
    const [only = null] = results;
    const output: Json = multiple || results.length > 1 ? results : only;
    return { kind: "next", output };
  },
});
