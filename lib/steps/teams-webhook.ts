import * as z from "zod";
import { excerpt } from "../core/excerpt.ts";
import { FlowError } from "../core/flow-error.ts";
import { classOfStatus } from "../core/http-status.ts";
import type { JsonObject } from "../core/json.ts";
import type { HttpResponse } from "../core/ports/http.ts";
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
import { templatedText, textProblems } from "./text-parameter.ts";

const CONTENT = ["text", "text_template", "title", "sections", "include_event", "event_fields", "extra"];

// Teams takes messages of 28 KB; a character is at most three bytes.
const PREFORMATTED = { begin: "<pre>", end: "</pre>", maxCharacters: 8_000 };

const schema = z.strictObject({
  webhook_url: z.string().min(1).describe("The channel's incoming webhook"),
  ...textParameters,
  title: templatedText.optional().describe("Headline of the card"),
  theme_color: z
    .string()
    .regex(/^#?[0-9a-fA-F]{6}$/, 'a color is six hexadecimal digits in quotes, e.g. "0076D7"')
    .optional()
    .describe("Color of the card"),
  sections: z.array(anyJson).optional().describe("Sections of the message card: facts, images, actions"),
  ...eventParameters,
  extra: jsonMapping.default({}).describe("Merged into the request"),
});

/** Posts a message card to a Microsoft Teams channel. */
export const teamsWebhook = defineStep({
  type: "teams_webhook",
  summary: "Post to a Microsoft Teams channel",
  effect: true,
  repeatable: true,
  defaultOutput: "teams",
  timeoutSeconds: 5,
  schema,
  templates: { webhook_url: "${env:TEAMS_WEBHOOK}" },
  environment: [{ name: "TEAMS_WEBHOOK", secret: true }],
  urls: ["webhook_url"],
  paths: ["event_fields"],
  dependsOn: shownEvent,
  facts: { ...messageFacts, told: [...messageFacts.told, "title", "sections"] },
  check: (raw) => [...messageProblems(raw, CONTENT), ...textProblems(raw, ["title"])],
  async run(params, context) {
    const response = await postMessage("Teams", params.webhook_url, cardOf(params, context), context);
    checkAnswer(response);
    return { kind: "next", output: { ok: true } };
  },
});

/** A message card: what connectors take, and Teams' own workflows too. */
function cardOf(params: z.infer<typeof schema>, context: StepContext): JsonObject {
  const { title, theme_color: color, sections, extra } = params;
  const text = messageText(params, context, PREFORMATTED);
  return {
    "@type": "MessageCard",
    "@context": "https://schema.org/extensions",
    // A card without text needs one; it is what notifications show.
    summary: title ?? String(context.workflow.name),
    ...(title !== undefined && { title }),
    ...(text !== "" && { text }),
    ...(color !== undefined && { themeColor: color.replace("#", "") }),
    ...(sections && { sections }),
    ...extra,
  };
}

/** A connector answers `1`, a workflow nothing; a connector tells of failures behind it in a text with status 200. */
function checkAnswer(response: HttpResponse): void {
  const answer = answerText(response).trim();
  if (answer === "1" || answer === "") return;
  const behind = Number(/HTTP error (\d{3})/.exec(answer)?.[1] ?? Number.NaN);
  const isJson = /[/+]json/i.test(response.headers["content-type"] ?? "");
  if (Number.isNaN(behind) && isJson) return;
  throw new FlowError(
    Number.isNaN(behind) ? "invalid_output" : classOfStatus(behind),
    `Teams answered "${excerpt(answer, 200)}" instead of "1"`,
    { status: Number.isNaN(behind) ? response.status : behind, body: answer },
  );
}
