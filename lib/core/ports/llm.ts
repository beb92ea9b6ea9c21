import type { Usage } from "../journal.ts";

/** One turn of a conversation. */
export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** A request to a chat model. */
export interface ChatRequest {
  readonly apiKey: string;
  readonly baseUrl?: string;
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly temperature?: number;
  readonly maxTokens?: number;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly idempotencyKey: string;
}

/** The model's answer. `cost_usd` is null until a price is known. */
export interface ChatAnswer {
  readonly text: string;
  readonly finish: "stop" | "length" | "refusal" | "other";
  readonly usage: Usage;
}

/** A chat model. */
export interface Llm {
  /**
   * One request, no retries of its own.
   * @throws FlowError `timeout`, `connection`, `rate_limited` (with the provider's wait), `server_error`, `client_error`,
   * `blocked_address`, `cancelled`, `invalid_output` for an answer that is no chat completion.
   */
  complete(request: ChatRequest): Promise<ChatAnswer>;
}
