import * as z from "zod";
import { FlowError } from "../core/flow-error.ts";
import { defineStep } from "../core/step.ts";
import { templatedText, textProblems } from "./text-parameter.ts";

const schema = z.strictObject({
  message: templatedText.optional().describe("Why, as the run's error tells it"),
});

/** Ends the run as failed, for good, whatever policies its step and the steps around it have. */
export const fail = defineStep({
  type: "fail",
  summary: "End the run as failed",
  effect: false,
  repeatable: true,
  defaultOutput: null,
  timeoutSeconds: null,
  schema,
  facts: { shape: () => null, endsRun: true, told: ["message"] },
  check: (raw) => textProblems(raw, ["message"]),
  run: ({ message = "" }) => ({
    kind: "fail_run",
    error: new FlowError("refused", message.trim() || "the workflow ended this run as failed"),
  }),
});
