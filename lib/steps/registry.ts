import type { AnyStep } from "../core/step.ts";
import { addTimestamp } from "./add-timestamp.ts";
import { addUuid } from "./add-uuid.ts";
import { anthropicChat } from "./anthropic-chat.ts";
import { chunkText } from "./chunk-text.ts";
import { fail } from "./fail.ts";
import { filter } from "./filter.ts";
import { forEach } from "./for-each.ts";
import { geminiChat } from "./gemini-chat.ts";
import { httpCall } from "./http-call.ts";
import { ifElse } from "./if-else.ts";
import { jq } from "./jq.ts";
import { openaiCompletion } from "./openai-completion.ts";
import { openaiEmbeddings } from "./openai-embeddings.ts";
import { parallel } from "./parallel.ts";
import { print } from "./print.ts";
import { pythonFunction } from "./python-function.ts";
import { respond } from "./respond.ts";
import { runWorkflow } from "./run-workflow.ts";
import { salesforce } from "./salesforce.ts";
import { set } from "./set.ts";
import { slackWebhook } from "./slack-webhook.ts";
import { stop } from "./stop.ts";
import { teamsWebhook } from "./teams-webhook.ts";
import { wait } from "./wait.ts";

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
  salesforce,
  pythonFunction,
  set,
  parallel,
  wait,
  runWorkflow,
  fail,
  stop,
  respond,
  addUuid,
  chunkText,
  openaiEmbeddings,
  anthropicChat,
  geminiChat,
  teamsWebhook,
];

/** Every step type by its YAML name, in the order of the language reference. */
export const stepTypes: ReadonlyMap<string, AnyStep> = new Map(steps.map((step) => [step.type, step]));
