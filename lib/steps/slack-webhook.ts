import * as z from "zod";
import { excerpt } from "../core/excerpt.ts";
import { FlowError } from "../core/flow-error.ts";
import type { JsonObject } from "../core/json.ts";
import { anyJson, jsonMapping } from "../core/schema.ts";
import { defineStep } from "../core/step.ts";
import type { StepContext } from "../core/step-context.ts";
import { answerText } from "./answer-body.ts";
import {
  eventParameters,
  messageFacts,
  messageProblems,
  messageText,
  shownEvent,
  textParameters,
} from "./message-text.ts";
import { postMessage } from "./post-message.ts";

const CONTENT = ["text", "text_template", "blocks", "include_event", "event_fields", "extra"];

// Slack cuts messages at 40,000 characters; a cut inside the code block would lose its end.
const CODE_BLOCK = { begin: "```", end: "```", maxCharacters: 30_000 };

const schema = z.strictObject({
  webhook_url: z.string().min(1).describe("The channel's incoming webhook"),
  ...textParameters,
  blocks: z.array(anyJson).optional().describe("Block Kit blocks"),
  ...eventParameters,
  extra: jsonMapping.default({}).describe("Merged into the request"),
});

/** Posts a message to a Slack channel. */
export const slackWebhook = defineStep({
  type: "slack_webhook",
  summary: "Post to a Slack channel",
  effect: true,
  repeatable: true,
  defaultOutput: "slack",
  timeoutSeconds: 5,
  schema,
  templates: { webhook_url: "${env:SLACK_WEBHOOK}" },
  environment: [{ name: "SLACK_WEBHOOK", secret: true }],
  urls: ["webhook_url"],
  paths: ["event_fields"],
  dependsOn: shownEvent,
  facts: { ...messageFacts, told: [...messageFacts.told, "blocks"] },
  check: (raw) => messageProblems(raw, CONTENT),
  async run(params, context) {
    const response = await postMessage("Slack", params.webhook_url, messageOf(params, context), context);
    const answer = answerText(response).trim();
    if (isRefusal(answer)) {
      throw new FlowError("invalid_output", `Slack answered "${excerpt(answer, 200)}" instead of "ok"`, {
        status: response.status,
        body: answer,
      });
    }
    return { kind: "next", output: { ok: true } };
  },
});

/** Slack says "ok", services that take its messages something else of their own; a web page or `{"ok": false}` is neither. */
function isRefusal(answer: string): boolean {
  return answer.startsWith("<") || /^\{.*"(?:ok|success)"\s*:\s*false\b/s.test(answer);
}

function messageOf(params: z.infer<typeof schema>, context: StepContext): JsonObject {
  const { blocks, extra } = params;
  const text = messageText(params, context, CODE_BLOCK);
  return { ...(text !== "" && { text }), ...(blocks && { blocks }), ...extra };
}
