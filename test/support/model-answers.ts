import type { ChatAnswer, Provider } from "../../lib/core/ports/llm.ts";

/** A chat answer as each provider's API puts it. */
export const providerAnswers: { readonly [provider in Provider]: (answer: ChatAnswer) => object } = {
  openai({ text, finish, usage }) {
    const refused = finish === "refusal";
    return {
      id: "chatcmpl-1",
      object: "chat.completion",
      model: usage.model,
      choices: [
        {
          index: 0,
          finish_reason: finish === "other" ? "tool_calls" : refused ? "stop" : finish,
          message: { role: "assistant", content: refused ? null : text, refusal: refused ? text : null },
        },
      ],
      usage: {
        prompt_tokens: usage.input_tokens,
        completion_tokens: usage.output_tokens,
        prompt_tokens_details: { cached_tokens: usage.cached_tokens },
        completion_tokens_details: { reasoning_tokens: usage.reasoning_tokens },
      },
    };
  },
  anthropic({ text, finish, usage }) {
    const reasons = { stop: "end_turn", length: "max_tokens", refusal: "refusal", other: "pause_turn" };
    return {
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: usage.model,
      content: [
        { type: "thinking", thinking: "hm", signature: "s" },
        { type: "text", text },
      ],
      stop_reason: reasons[finish],
      usage: {
        input_tokens: usage.input_tokens - usage.cached_tokens,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: usage.cached_tokens,
        output_tokens: usage.output_tokens,
        output_tokens_details: { thinking_tokens: usage.reasoning_tokens },
      },
    };
  },
  gemini({ text, finish, usage }) {
    const reasons = { stop: "STOP", length: "MAX_TOKENS", refusal: "SAFETY", other: "OTHER" };
    return {
      modelVersion: usage.model,
      candidates: [
        {
          index: 0,
          finishReason: reasons[finish],
          content: { role: "model", parts: [{ text: "hm", thought: true }, { text }] },
        },
      ],
      usageMetadata: {
        promptTokenCount: usage.input_tokens,
        cachedContentTokenCount: usage.cached_tokens,
        candidatesTokenCount: usage.output_tokens - usage.reasoning_tokens,
        thoughtsTokenCount: usage.reasoning_tokens,
      },
    };
  },
};

/** A whole answer with this text, and no tokens to speak of. */
export function answered(text: string): ChatAnswer {
  const counts = { input_tokens: 1, cached_tokens: 0, output_tokens: 1, reasoning_tokens: 0 };
  return { text, finish: "stop", usage: { model: "m", ...counts, cost_usd: null } };
}
