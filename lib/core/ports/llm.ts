import type { Usage } from "../journal.ts";
import type { Json, JsonObject } from "../json.ts";

/** Whose API a request speaks. */
export type Provider = "openai" | "anthropic" | "gemini";

/** What every request to a model says. */
export interface ModelRequest {
  readonly provider: Provider;
  readonly apiKey: string;
  /** Another address that speaks the same API. */
  readonly baseUrl?: string;
  readonly model: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly idempotencyKey: string;
}

/** One turn of a conversation. */
export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** How freely and how long a model answers; a provider that has no such setting ignores it. */
export interface ChatTuning {
  readonly temperature?: number;
  readonly maxTokens?: number;
  readonly topP?: number;
  readonly topK?: number;
  /** Gemini's `safetySettings`, as its API has them. */
  readonly safetySettings?: readonly JsonObject[];
}

/** A request to a chat model. */
export interface ChatRequest extends ModelRequest, ChatTuning {
  readonly messages: readonly ChatMessage[];
  /** The JSON Schema that the answer should fit. The provider is asked for it; whether it does is the caller's to check. */
  readonly outputSchema?: JsonObject;
}

/** The model's answer. */
export interface ChatAnswer {
  readonly text: string;
  readonly finish: "stop" | "length" | "refusal" | "other";
  /** `cost_usd` is null when the price is not known, or the provider did not count tokens. */
  readonly usage: Usage;
}

/** Texts to be turned into vectors. */
export interface EmbeddingRequest extends ModelRequest {
  readonly texts: readonly string[];
  readonly dimensions?: number;
  readonly encodingFormat: "float" | "base64";
}

/** One vector for each text, in the texts' order: a list of numbers, or base64 as asked for. */
export interface Embeddings {
  readonly vectors: readonly Json[];
  readonly usage: Usage;
}

/** Models of every provider. */
export interface Llm {
  /**
   * Asks once, without retries. Only when a provider knows no output format is the question repeated, with the schema in words.
   * @throws FlowError `timeout`, `connection`, `rate_limited` (with the provider's wait), `server_error`, `client_error`,
   * `blocked_address`, `cancelled`, `invalid_output` for an answer that the provider's API does not have.
   */
  complete(request: ChatRequest): Promise<ChatAnswer>;
  /** @throws FlowError as `complete`, and `invalid_input` for a provider whose embeddings are not spoken here. */
  embed(request: EmbeddingRequest): Promise<Embeddings>;
}
