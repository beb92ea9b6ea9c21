import type { AnyStep } from "../core/step.ts";
import { addTimestamp } from "./add-timestamp.ts";
import { filter } from "./filter.ts";
import { forEach } from "./for-each.ts";
import { httpCall } from "./http-call.ts";
import { ifElse } from "./if-else.ts";
import { jq } from "./jq.ts";
import { openaiCompletion } from "./openai-completion.ts";
import { print } from "./print.ts";
import { slackWebhook } from "./slack-webhook.ts";

const steps: readonly AnyStep[] = [
  httpCall,
  openaiCompletion,
  ifElse,
  forEach,
  filter,
  jq,
  print,
  addTimestamp,
  slackWebhook,
];

/** Every step type by its YAML name, in the order of the language reference. */
export const stepTypes: ReadonlyMap<string, AnyStep> = new Map(steps.map((step) => [step.type, step]));
