import * as z from "zod";
import { defineStep } from "../core/step.ts";
import { templatedText, textProblems } from "./text-parameter.ts";

const schema = z.strictObject({
  message: templatedText.optional().describe("Why, as the run's history tells it"),
});

/** Ends the run well, wherever it stands. */
export const stop = defineStep({
  type: "stop",
  summary: "End the run as succeeded",
  effect: false,
  repeatable: true,
  defaultOutput: null,
  timeoutSeconds: null,
  stopsRun: true,
  schema,
  facts: { shape: () => null, endsRun: true, told: ["message"] },
  check: (raw) => textProblems(raw, ["message"]),
  run: ({ message = "" }) => ({ kind: "stop", reason: message.trim() || "the workflow ended this run" }),
});
