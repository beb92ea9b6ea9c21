import { excerpt } from "../../core/excerpt.ts";
import type { ChatAnswer, ChatMessage } from "../../core/ports/llm.ts";

/** Longer texts are cut: collectors refuse large spans. In characters. */
const LONGEST_TEXT = 8_000;

const FINISHES: { readonly [finish in ChatAnswer["finish"]]: string } = {
  stop: "stop",
  length: "length",
  refusal: "content_filter",
  other: "stop",
};

/** What a model was asked, as OpenTelemetry's `gen_ai.input.messages`; `blank` takes out secrets. */
export function inputMessages(
  messages: readonly ChatMessage[],
  blank: (text: string) => string,
): { readonly "gen_ai.input.messages": string } {
  const told = messages.map(({ role, content }) => ({ role, parts: [textPart(content, blank)] }));
  return { "gen_ai.input.messages": JSON.stringify(told) };
}

/** What it answered, as `gen_ai.output.messages`. */
export function outputMessages(
  { text, finish }: ChatAnswer,
  blank: (text: string) => string,
): { readonly "gen_ai.output.messages": string } {
  const told = [{ role: "assistant", parts: [textPart(text, blank)], finish_reason: FINISHES[finish] }];
  return { "gen_ai.output.messages": JSON.stringify(told) };
}

function textPart(content: string, blank: (text: string) => string) {
  return { type: "text", content: blank(excerpt(content, LONGEST_TEXT)) };
}
