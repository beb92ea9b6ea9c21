import { describe, expect, test } from "@jest/globals";
import { createLlm } from "../../lib/adapters/llm/create-llm.ts";
import { parseScript } from "../../lib/adapters/scripted/script.ts";
import { scriptedHttp } from "../../lib/adapters/scripted/scripted-http.ts";
import { isObject, type JsonObject } from "../../lib/core/json.ts";
import type { ChatRequest, EmbeddingRequest, Provider } from "../../lib/core/ports/llm.ts";
import { virtualClock } from "../../lib/testing/virtual-clock.ts";
import { answered, providerAnswers } from "../support/model-answers.ts";

const clock = virtualClock(Date.UTC(2026, 10, 23, 12));
const KEY = "key-hidden-value";

/** Models whose every request gets the next of these answers, and what was sent to them. */
function models(...answers: object[]) {
  const http = scriptedHttp(parseScript({ http: [{ url: "*", answers }] }), { clock });
  const llm = createLlm(http, clock);
  const request = (provider: Provider, more: Partial<ChatRequest> = {}): ChatRequest => ({
    provider,
    apiKey: KEY,
    model: "m-1",
    messages: [{ role: "user", content: "hello" }],
    idempotencyKey: "run-1-2",
    ...more,
  });
  return {
    calls: http.calls,
    bodies: () => http.calls.map(({ body }) => body as JsonObject),
    complete: (provider: Provider, more?: Partial<ChatRequest>) => llm.complete(request(provider, more)),
    failure: async (provider: Provider, more?: Partial<ChatRequest>) => {
      const thrown = await llm.complete(request(provider, more)).catch((error: unknown) => error);
      expect(JSON.stringify(thrown) + thrown).not.toContain("hidden-value");
      return thrown;
    },
    embed: ({ texts, ...more }: Partial<EmbeddingRequest> & Pick<EmbeddingRequest, "texts">) => {
      const { messages: _none, ...rest } = request("openai");
      return llm.embed({ ...rest, encodingFormat: "float", texts, ...more });
    },
  };
}

const talk = [
  { role: "system", content: "be short" },
  { role: "user", content: "hello" },
  { role: "assistant", content: "hi" },
  { role: "user", content: "bye" },
] as const;

describe("anthropic", () => {
  const ok = { body: providerAnswers.anthropic(answered("ok")) };

  test("gets system apart, and a limit", async () => {
    const { complete, calls } = models(ok);
    await complete("anthropic", { messages: talk, temperature: 0.5 });
    expect(calls).toEqual([
      {
        method: "POST",
        url: "https://api.anthropic.com/v1/messages",
        headers: expect.objectContaining({
          authorization: `Bearer ${KEY}`,
          "anthropic-version": expect.any(String),
          "idempotency-key": "run-1-2",
          "user-agent": "hookline",
        }),
        body: {
          model: "m-1",
          max_tokens: 1024,
          system: "be short",
          temperature: 0.5,
          messages: talk.slice(1),
        },
      },
    ]);
  });

  test("the limit is the request's, however long the answer may take", async () => {
    const { complete, bodies } = models(ok);
    await complete("anthropic", { maxTokens: 60_000 });
    expect(bodies()).toMatchObject([{ max_tokens: 60_000 }]);
  });

  test("a full context is a truncated answer, a refusal explains itself", async () => {
    const body = { ...ok.body, content: [], stop_details: { explanation: "not this" } };
    const { complete } = models(
      { body: { ...ok.body, stop_reason: "model_context_window_exceeded" } },
      { body: { ...body, stop_reason: "refusal" } },
    );
    expect(await complete("anthropic")).toMatchObject({ finish: "length" });
    expect(await complete("anthropic")).toMatchObject({ finish: "refusal", text: "not this" });
  });

  test("an overloaded provider is a server error, asked once", async () => {
    const body = { type: "error", error: { type: "overloaded_error", message: `Overloaded ${KEY}` } };
    const { failure, calls } = models({ status: 529, body, headers: { "retry-after": 7 } });
    expect(await failure("anthropic")).toMatchObject({
      class: "server_error",
      status: 529,
      retryAfterMs: 7000,
      message: "the provider of m-1 answered 529 Overloaded ***",
    });
    expect(calls).toHaveLength(1);
  });
});

describe("gemini", () => {
  const ok = { body: providerAnswers.gemini(answered("ok")) };

  test("gets roles, system and settings in its own words, the key as a header", async () => {
    const { complete, calls } = models(ok);
    const safetySettings = [{ category: "HARM_CATEGORY_HARASSMENT", threshold: "BLOCK_NONE" }];
    await complete("gemini", {
      model: "gemini-2.5-flash",
      messages: talk,
      temperature: 0.5,
      maxTokens: 9,
      topP: 0.25,
      topK: 3,
      safetySettings,
    });
    expect(calls).toEqual([
      {
        method: "POST",
        url: "https://generativelanguage.googleapis.com/v1/models/gemini-2.5-flash:generateContent",
        headers: expect.objectContaining({
          "x-goog-api-key": KEY,
          "idempotency-key": "run-1-2",
          "user-agent": "hookline",
        }),
        body: {
          systemInstruction: expect.objectContaining({ parts: [{ text: "be short" }] }),
          contents: [
            { role: "user", parts: [{ text: "hello" }] },
            { role: "model", parts: [{ text: "hi" }] },
            { role: "user", parts: [{ text: "bye" }] },
          ],
          generationConfig: { temperature: 0.5, maxOutputTokens: 9, topP: 0.25, topK: 3 },
          safetySettings,
        },
      },
    ]);
  });

  test("a prompt that was blocked is a refusal with its reason", async () => {
    const { complete } = models({ body: { promptFeedback: { blockReason: "SAFETY" } } });
    expect(await complete("gemini")).toMatchObject({ finish: "refusal", text: "SAFETY" });
  });

  test("its wait stands in the error's details", async () => {
    const details = [{ "@type": "x/QuotaFailure" }, { "@type": "x/RetryInfo", retryDelay: "30s" }];
    const { failure, calls } = models({ status: 429, body: { error: { message: "quota", details } } });
    expect(await failure("gemini")).toMatchObject({ class: "rate_limited", retryAfterMs: 30_000 });
    expect(calls).toHaveLength(1);
  });

  test.each(["../x", "a/../../b", "m?alt=x", "m#x", "m%2fx", "a b", ""])(
    "the model %j would be another path",
    async (model) => {
      const { failure, calls } = models(ok);
      expect(await failure("gemini", { model })).toMatchObject({ class: "invalid_input" });
      expect(calls).toEqual([]);
    },
  );
});

describe.each(["anthropic", "gemini"] as const)("%s", (provider) => {
  test.each([
    ["a page", { headers: { "content-type": "text/html" }, body: "<html>" }],
    ["broken JSON", { headers: { "content-type": "application/json" }, body: '{"content":' }],
    ["an empty body", {}],
    ["another object", { body: { data: [] } }],
  ])("%s is invalid output", async (_what, answer) => {
    expect(await models(answer).failure(provider)).toMatchObject({ class: "invalid_output" });
  });

  test("a status without JSON is told as it came", async () => {
    const { failure } = models({ status: 502, body: "Bad gateway" });
    expect(await failure(provider)).toMatchObject({
      class: "server_error",
      message: "the provider of m-1 answered 502 Bad gateway",
    });
  });

  test("has no embeddings here", async () => {
    await expect(models({}).embed({ texts: ["a"], provider })).rejects.toMatchObject({
      class: "invalid_input",
    });
  });
});

describe("embeddings", () => {
  const listOf = (...data: object[]) => ({
    body: { object: "list", data, model: "text-embedding-3-small", usage: { prompt_tokens: 500_000 } },
  });

  test("come in the order of the texts, with what they cost", async () => {
    const { embed, calls } = models(
      listOf({ index: 1, embedding: [0.25, -1] }, { index: 0, embedding: [0.1, 2] }),
    );
    expect(await embed({ texts: ["a", "b"], model: "text-embedding-3-small", dimensions: 2 })).toEqual({
      vectors: [
        [0.1, 2],
        [0.25, -1],
      ],
      usage: {
        model: "text-embedding-3-small",
        input_tokens: 500_000,
        cached_tokens: 0,
        output_tokens: 0,
        reasoning_tokens: 0,
        cost_usd: 0.01,
      },
    });
    expect(calls).toMatchObject([
      {
        url: "https://api.openai.com/v1/embeddings",
        body: {
          model: "text-embedding-3-small",
          input: ["a", "b"],
          encoding_format: "float",
          dimensions: 2,
        },
      },
    ]);
  });

  test("base64 stays base64", async () => {
    const { embed } = models(listOf({ index: 0, embedding: "AACAPw==" }));
    expect(await embed({ texts: ["a"], encodingFormat: "base64" })).toMatchObject({ vectors: ["AACAPw=="] });
  });

  test("a vector too few is invalid output", async () => {
    const { embed } = models(listOf({ index: 0, embedding: [1] }));
    await expect(embed({ texts: ["a", "b"] })).rejects.toMatchObject({ class: "invalid_output" });
  });
});

describe("an output schema", () => {
  const closed: JsonObject = {
    type: "object",
    properties: { city: { type: "string" } },
    required: ["city"],
    additionalProperties: false,
  };
  const open: JsonObject = { type: "object", properties: { city: { type: "string", minLength: 1 } } };
  const list: JsonObject = { type: "array", items: { type: "integer" }, uniqueItems: true };
  const words = (body: JsonObject) => JSON.stringify(body).includes("fits this JSON Schema");
  const ok = (provider: Provider) => ({ body: providerAnswers[provider](answered("{}")) });

  test.each<[Provider, JsonObject, object | undefined]>([
    [
      "openai",
      closed,
      { response_format: { json_schema: { name: "answer", schema: closed, strict: true } } },
    ],
    ["openai", open, { response_format: { json_schema: { name: "answer", schema: open, strict: false } } }],
    ["openai", list, undefined],
    ["anthropic", closed, { output_config: { format: { type: "json_schema", schema: closed } } }],
    ["anthropic", open, undefined],
    ["gemini", closed, { generationConfig: { responseJsonSchema: closed } }],
    ["gemini", list, undefined],
  ])("%s is asked for %j natively where it fits, else in words", async (provider, outputSchema, native) => {
    const { complete, bodies } = models(ok(provider));
    await complete(provider, { outputSchema });
    expect(bodies()).toHaveLength(1);
    expect(bodies()).toMatchObject([native ?? {}]);
    expect(bodies().map(words)).toEqual([native === undefined]);
  });

  test("gemini answers JSON in any case", async () => {
    const { complete, bodies } = models(ok("gemini"));
    await complete("gemini", { outputSchema: list });
    expect(bodies()).toMatchObject([{ generationConfig: { responseMimeType: "application/json" } }]);
  });

  test.each<[Provider, string]>([
    [
      "openai",
      "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.",
    ],
    ["anthropic", "output_config.format: this model does not support structured outputs"],
    ["gemini", 'Unknown name "responseJsonSchema" at generation_config'],
  ])("%s is asked again in words when it answers that it knows no format", async (provider, message) => {
    const { complete, bodies } = models({ status: 400, body: { error: { message } } }, ok(provider));
    expect(await complete(provider, { outputSchema: closed })).toMatchObject({ text: "{}" });
    expect(bodies().map(words)).toEqual([false, true]);
  });

  test("another refusal is told at once", async () => {
    const { failure, calls } = models({ status: 400, body: { error: { message: "no such model" } } });
    expect(await failure("openai", { outputSchema: closed })).toMatchObject({ class: "client_error" });
    expect(calls).toHaveLength(1);
  });

  test("numbers beyond a double keep their digits", async () => {
    const { complete, calls } = models(ok("openai"));
    const big = JSON.parse('{"type":"object"}') as JsonObject;
    await complete("openai", { outputSchema: { ...big, const: JSON.rawJSON("9007199254740993") } });
    expect(isObject(calls[0]?.body ?? null) && JSON.stringify(calls[0]?.body)).toContain("9007199254740993");
  });
});

describe("the cost", () => {
  const million = {
    input_tokens: 1_000_000,
    cached_tokens: 0,
    output_tokens: 1_000_000,
    reasoning_tokens: 0,
  };
  const cost = async (provider: Provider, model: string, more: Partial<ChatRequest> = {}, usage = {}) => {
    const answer = { ...answered("ok"), usage: { ...million, model, cost_usd: null, ...usage } };
    const { complete } = models({ body: providerAnswers[provider](answer) });
    return (await complete(provider, { model, ...more })).usage.cost_usd;
  };

  test.each<[Provider, string, number]>([
    ["openai", "gpt-4.1-mini", 2],
    ["openai", "gpt-4.1-mini-2025-04-14", 2],
    ["anthropic", "claude-haiku-4-5", 6],
    ["gemini", "gemini-2.5-flash", 2.8],
  ])("of %s %s is that of the price table", async (provider, model, dollars) => {
    expect(await cost(provider, model)).toBe(dollars);
  });

  test("what came from the cache costs less", async () => {
    expect(await cost("openai", "gpt-4.1-mini", {}, { cached_tokens: 1_000_000 })).toBe(1.7);
  });

  test("at another address is that provider's", async () => {
    const baseUrl = "https://api.groq.com/openai/v1";
    expect(await cost("openai", "llama-3.3-70b-versatile", { baseUrl })).toBeGreaterThan(0);
  });

  test("is null, never 0, where model, address or tokens are not known", async () => {
    expect(await cost("openai", "gpt-unheard-of")).toBeNull();
    expect(await cost("openai", "gpt-4.1-mini", { baseUrl: "https://models.example.com/v1" })).toBeNull();
    expect(await cost("openai", "gpt-4.1-mini", {}, { input_tokens: 0, output_tokens: 0 })).toBeNull();
  });
});
