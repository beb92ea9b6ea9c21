import * as z from "zod";
import { FlowError } from "../core/flow-error.ts";
import { formatJson, type Json, type JsonObject } from "../core/json.ts";
import { anyJson, jsonMapping } from "../core/schema.ts";
import { defineStep, type StepContext } from "../core/step.ts";
import { answerText } from "./answer-body.ts";
import { failedAnswer } from "./failed-answer.ts";
import { templatedText, textProblems } from "./text-parameter.ts";

const CONTENT = ["text", "text_template", "blocks", "include_event", "event_fields", "extra"];

// Slack cuts messages at 40,000 characters; a cut inside the code block would lose its end.
const MAX_EVENT_CHARACTERS = 30_000;

const schema = z.strictObject({
  webhook_url: z.string().min(1).describe("The channel's incoming webhook"),
  text: templatedText.optional().describe("The message"),
  text_template: templatedText.optional().describe("The message; wins over `text`"),
  blocks: z.array(anyJson).optional().describe("Block Kit blocks"),
  include_event: z
    .boolean()
    .default(false)
    .describe("Show the event (the value at `input_from`, where given) below the text"),
  event_fields: z
    .array(z.string())
    .optional()
    .describe("Paths of the fields to show, instead of the whole event"),
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
  check: (raw) => [
    ...textProblems(raw, ["text", "text_template"]),
    ...(CONTENT.some((name) => name in raw)
      ? []
      : [{ at: [], message: "there is nothing to post: give text, blocks or include_event" }]),
  ],
  async run(params, context) {
    const { http, clock } = context.ports;
    const response = await http.send({
      method: "POST",
      url: params.webhook_url,
      headers: { "Content-Type": "application/json", "Idempotency-Key": context.idempotencyKey },
      body: formatJson(messageOf(params, context)),
      signal: context.signal,
      ...(context.timeoutSeconds !== null && { timeoutMs: context.timeoutSeconds * 1000 }),
    });
    if (response.status < 200 || response.status > 299) throw failedAnswer("Slack", response, clock.now());
    const answer = answerText(response).trim();
    if (isRefusal(answer)) {
      throw new FlowError("invalid_output", `Slack answered "${answer.slice(0, 200)}" instead of "ok"`, {
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
  const parts = [params.text_template ?? params.text ?? "", eventText(params, context)];
  const text = parts.filter((part) => part !== "").join("\n");
  return { ...(text !== "" && { text }), ...(blocks && { blocks }), ...extra };
}

/** The event as a code block; escaped, so that nothing in it mentions people or ends the block. */
function eventText(params: z.infer<typeof schema>, context: StepContext): string {
  if (!params.include_event && !params.event_fields) return "";
  const shown: Json = params.event_fields
    ? Object.fromEntries(params.event_fields.map((field) => [field, context.read(field) ?? null]))
    : context.inputFrom === undefined
      ? context.event
      : context.input;
  const json = JSON.stringify(shown, null, 2);
  const cut = json.length > MAX_EVENT_CHARACTERS ? `${json.slice(0, MAX_EVENT_CHARACTERS)}…` : json;
  const escaped = cut
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("```", "'''");
  return `\`\`\`\n${escaped}\n\`\`\``;
}
