import * as z from "zod";
import type { Json, JsonObject } from "../core/json.ts";
import type { StepContext } from "../core/step-context.ts";
import { templatedText, textProblems } from "./text-parameter.ts";

/** Parameters that word a message; every chat's step has them. */
export const textParameters = {
  text: templatedText.optional().describe("The message"),
  text_template: templatedText.optional().describe("The message; wins over `text`"),
};

/** Parameters that show the event and reach what the step has no parameter for; every chat's step has them. */
export const eventParameters = {
  include_event: z
    .boolean()
    .default(false)
    .describe("Show the event (the value at `input_from`, where given) below the text"),
  event_fields: z
    .array(z.string())
    .optional()
    .describe("Paths of the fields to show, instead of the whole event"),
};

/** What is known of every chat's step. A message that comes twice is a nuisance, no damage. */
export const messageFacts = {
  shape: () => ({ ok: {} }),
  usesInput: (raw: JsonObject) => raw.include_event === true && !("event_fields" in raw),
  told: ["text", "text_template"],
} as const;

/** How a chat shows preformatted text. */
export interface Preformatted {
  readonly begin: string;
  readonly end: string;
  /** Longer text is cut before it is escaped, so that the end of the block is never lost. */
  readonly maxCharacters: number;
}

interface Worded {
  readonly text?: string | undefined;
  readonly text_template?: string | undefined;
  readonly include_event: boolean;
  readonly event_fields?: readonly string[] | undefined;
}

/** The text with the event below it; empty when the file asks for neither. */
export function messageText(params: Worded, context: StepContext, style: Preformatted): string {
  const parts = [params.text_template ?? params.text ?? "", eventText(params, context, style)];
  return parts.filter((part) => part !== "").join("\n");
}

/** Problems of a file that gives none of `content`, or a list where text is needed. */
export function messageProblems(raw: JsonObject, content: readonly string[]) {
  const given = content.some((name) => name in raw);
  const [last, ...others] = content.toReversed();
  return [
    ...textProblems(raw, ["text", "text_template"]),
    ...(given
      ? []
      : [
          {
            at: [],
            message: `there is nothing to post: give ${others.toReversed().join(", ")} or ${last}`,
          },
        ]),
  ];
}

/** What of the event a message shows: one value, or none. */
export function shownEvent(
  params: { readonly include_event?: Json | undefined; readonly event_fields?: Json | undefined },
  { read, event, input, inputFrom }: StepContext,
): readonly Json[] {
  const { include_event: includesIt, event_fields: fields } = params;
  if (Array.isArray(fields))
    return [Object.fromEntries(fields.map((field) => [field, read(String(field)) ?? null]))];
  if (includesIt !== true) return [];
  return [inputFrom === undefined ? event : input];
}

/** The event as a block; escaped, so that nothing in it mentions people or ends the block. */
function eventText(
  params: Worded,
  context: StepContext,
  { begin, end, maxCharacters }: Preformatted,
): string {
  const [shown] = shownEvent(params, context);
  if (shown === undefined) return "";
  const json = JSON.stringify(shown, null, 2);
  const cut = json.length > maxCharacters ? `${json.slice(0, maxCharacters)}…` : json;
  const escaped = cut
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("```", "'''");
  return `${begin}\n${escaped}\n${end}`;
}
