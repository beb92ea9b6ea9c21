import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { createGuardedHttp } from "../../lib/adapters/http/guarded-http.ts";
import { createLlm } from "../../lib/adapters/llm/create-llm.ts";
import { parseScript } from "../../lib/adapters/scripted/script.ts";
import { scriptedLlm } from "../../lib/adapters/scripted/scripted-llm.ts";
import type { ChatRequest, Provider } from "../../lib/core/ports/llm.ts";
import { virtualClock } from "../../lib/testing/virtual-clock.ts";
import { type LoopbackServer, startLoopbackServer } from "../support/loopback-server.ts";
import { answered, providerAnswers } from "../support/model-answers.ts";
import { llmContract } from "./llm-contract.ts";

const http = createGuardedHttp({ allowPrivateHosts: ["127.0.0.1"] });
const clock = virtualClock(Date.UTC(2026, 10, 23, 12, 0, 0));
afterAll(() => http.close());

const clients: { readonly [provider in Provider]: (origin: string) => string } = {
  openai: (origin) => `${origin}/v1`,
  anthropic: (origin) => origin,
  gemini: (origin) => origin,
};

describe.each(Object.keys(clients) as Provider[])("%s", (provider) => {
  llmContract(provider, "a provider's client", async (behaviour) => {
    const server = await startLoopbackServer((_request, response) => {
      if (behaviour === "silent") return;
      const limited = behaviour === "rate_limited";
      const body = limited
        ? { error: { message: "slow down, key-value" } }
        : providerAnswers[provider](behaviour);
      response.writeHead(limited ? 429 : 200, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    });
    return { llm: createLlm(http, clock), baseUrl: clients[provider](server.origin), close: server.stop };
  });

  llmContract(provider, "the scripted model", async (behaviour) => {
    const answer =
      behaviour === "silent"
        ? { text: "late", delay_seconds: 86_400 }
        : behaviour === "rate_limited"
          ? { error: "rate_limited" }
          : behaviour;
    return { llm: scriptedLlm(parseScript({ llm: [answer] })), close: async () => undefined };
  });
});

describe("chat completions", () => {
  let server: LoopbackServer;
  let answer: { status: number; headers?: Record<string, string>; body: unknown };
  const stopped = providerAnswers.openai(answered("ok"));
  beforeAll(async () => {
    server = await startLoopbackServer((_request, response) => {
      const { status, headers = {}, body } = answer;
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(typeof body === "string" ? body : JSON.stringify(body));
    });
  });
  afterEach(() => {
    answer = { status: 200, body: stopped };
  });
  afterAll(() => server.stop());

  const complete = (more: Partial<ChatRequest> = {}) =>
    createLlm(http, clock).complete({
      provider: "openai",
      apiKey: "sk-hidden-value",
      baseUrl: `${server.origin}/v1/`,
      model: "gpt-4.1-mini",
      messages: [{ role: "user", content: "hello" }],
      idempotencyKey: "run-1/2",
      ...more,
    });
  const failureOf = async (more: Partial<ChatRequest> = {}) => {
    const before = server.seen.length;
    const failure = await complete(more).catch((thrown: unknown) => thrown);
    expect(server.seen.length - before).toBeLessThanOrEqual(1);
    expect(JSON.stringify(failure) + failure).not.toContain("hidden-value");
    return failure;
  };

  test("go to the base URL with key, idempotency key and messages", async () => {
    answer = { status: 200, body: stopped };
    const messages = [
      { role: "system", content: "be short" },
      { role: "user", content: "hello" },
    ] as const;
    await complete({ messages, temperature: 0.2, maxTokens: 50 });
    const sent = server.seen.at(-1);
    expect(sent).toMatchObject({
      method: "POST",
      url: "/v1/chat/completions",
      headers: {
        authorization: "Bearer sk-hidden-value",
        "idempotency-key": "run-1/2",
        "user-agent": "hookline",
        "content-type": "application/json",
      },
    });
    expect(JSON.parse(sent?.body ?? "")).toEqual({
      model: "gpt-4.1-mini",
      messages,
      temperature: 0.2,
      max_tokens: 50,
    });
  });

  test.each(["o1", "o1-mini", "o3", "o4-mini", "gpt-5", "gpt-5-mini", "gpt-5.2", "openai/o3-mini"])(
    "%s gets max_completion_tokens and no temperature",
    async (model) => {
      await complete({ model, temperature: 0.2, maxTokens: 50 });
      const sent = JSON.parse(server.seen.at(-1)?.body ?? "");
      expect(sent).toMatchObject({ model, max_completion_tokens: 50 });
      expect(sent).not.toHaveProperty("temperature");
      expect(sent).not.toHaveProperty("max_tokens");
    },
  );

  test.each(["gpt-4o", "gpt-4.1", "gpt-oss-20b", "gpt-3.5-turbo", "llama-o1-like", "gpt-5-chat-latest"])(
    "%s gets temperature and max_tokens",
    async (model) => {
      await complete({ model, temperature: 0, maxTokens: 50 });
      expect(JSON.parse(server.seen.at(-1)?.body ?? "")).toMatchObject({ temperature: 0, max_tokens: 50 });
    },
  );

  test("usage that is missing counts as none, the model is the one asked for", async () => {
    answer = { status: 200, body: { choices: [{ message: { content: "ok" } }] } };
    expect(await complete()).toEqual({
      text: "ok",
      finish: "other",
      usage: {
        model: "gpt-4.1-mini",
        input_tokens: 0,
        cached_tokens: 0,
        output_tokens: 0,
        reasoning_tokens: 0,
        cost_usd: null,
      },
    });
  });

  test("an answer that a content filter stopped is a refusal", async () => {
    const choice = { finish_reason: "content_filter", message: { content: "par" } };
    answer = { status: 200, body: { choices: [choice] } };
    expect(await complete()).toMatchObject({ text: "par", finish: "refusal" });
  });

  test.each([
    [400, "client_error"],
    [401, "client_error"],
    [404, "client_error"],
    [408, "timeout"],
    [429, "rate_limited"],
    [500, "server_error"],
    [503, "server_error"],
  ])("status %d is %s, asked once, in the provider's words", async (status, errorClass) => {
    answer = { status, body: { error: { message: "no: sk-hidden-value", type: "t", code: "c" } } };
    expect(await failureOf()).toMatchObject({
      class: errorClass,
      status,
      message: `the provider of gpt-4.1-mini answered ${status} no: ***`,
      body: expect.stringContaining("no: ***"),
    });
  });

  test("an account without credit is not asked again", async () => {
    answer = { status: 429, body: { error: { message: "quota", code: "insufficient_quota" } } };
    expect(await failureOf()).toMatchObject({ class: "client_error", status: 429 });
  });

  test.each([
    [{ "retry-after": "20" }, 20_000],
    [{ "retry-after": "Mon, 23 Nov 2026 12:00:30 GMT" }, 30_000],
    [{ "retry-after-ms": "1500", "retry-after": "2" }, 1_500],
    [{ "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1m2.5s" }, 62_500],
    [
      {
        "x-ratelimit-remaining-requests": "7",
        "x-ratelimit-reset-requests": "1h0m0s",
        "x-ratelimit-remaining-tokens": "0",
        "x-ratelimit-reset-tokens": "120ms",
      },
      120,
    ],
    [
      {
        "anthropic-ratelimit-requests-remaining": "0",
        "anthropic-ratelimit-requests-reset": "2026-11-23T12:00:20Z",
      },
      20_000,
    ],
    [{ "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "later" }, undefined],
    [
      { "retry-after": "3", "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1h" },
      3_000,
    ],
    [{ "retry-after": "soon" }, undefined],
    [{}, undefined],
  ])("the wait of %j is %s ms", async (headers, retryAfterMs) => {
    answer = { status: 429, headers, body: { error: { message: "slow down" } } };
    expect(await failureOf()).toMatchObject({ class: "rate_limited", retryAfterMs });
  });

  test("an error without JSON is told as it came", async () => {
    answer = { status: 502, headers: { "content-type": "text/html" }, body: "<h1>Bad gateway</h1>" };
    expect(await failureOf()).toMatchObject({ class: "server_error", status: 502 });
  });

  test.each([
    ["a page", "<html>", "text/html"],
    ["broken JSON", '{"choices":', "application/json"],
    ["an empty body", "", "application/json"],
    ["another object", '{"data":[]}', "application/json"],
    ["no choice", '{"choices":[]}', "application/json"],
  ])("%s is invalid output", async (_what, body, type) => {
    answer = { status: 200, headers: { "content-type": type }, body };
    expect(await failureOf()).toMatchObject({
      class: "invalid_output",
      message: expect.stringContaining("is no chat completion"),
    });
  });

  test("what the guarded client refuses stays as it said it", async () => {
    expect(await failureOf({ baseUrl: "http://169.254.169.254/v1" })).toMatchObject({
      class: "blocked_address",
      message: expect.stringContaining("HOOKLINE_ALLOW_PRIVATE_HOSTS"),
    });
  });

  test("a base URL that is none and a key that no header can carry are told before anything is sent", async () => {
    expect(await failureOf({ baseUrl: "nowhere" })).toMatchObject({ class: "invalid_input" });
    expect(await failureOf({ apiKey: "sk-hidden-value\n" })).toMatchObject({ class: "config_error" });
    expect(await failureOf({ apiKey: "" })).toMatchObject({ class: "config_error" });
  });
});
