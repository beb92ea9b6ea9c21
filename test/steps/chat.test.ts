import { describe, expect, test } from "@jest/globals";
import { FlowError } from "../../lib/core/flow-error.ts";
import type { Usage } from "../../lib/core/journal.ts";
import type { JsonObject } from "../../lib/core/json.ts";
import type { ChatAnswer, ChatRequest, EmbeddingRequest } from "../../lib/core/ports/llm.ts";
import { checkAnswer } from "../../lib/steps/check-answer.ts";
import { openaiCompletion } from "../../lib/steps/openai-completion.ts";
import { openaiEmbeddings } from "../../lib/steps/openai-embeddings.ts";
import { attempt, compiled } from "../support/engine-run.ts";
import { answered } from "../support/model-answers.ts";
import { runStep, stepContext } from "../support/step-context.ts";

/** A context whose model gives these answers in order, and what it was asked. */
function asking(...answers: (ChatAnswer | FlowError)[]) {
  const requests: ChatRequest[] = [];
  const made = stepContext({
    outputTo: "out",
    ports: {
      llm: {
        async complete(request) {
          requests.push(request);
          const answer = answers.shift();
          if (answer === undefined || answer instanceof FlowError) throw answer;
          return answer;
        },
        embed: () => Promise.reject(new Error("no embeddings here")),
      },
    },
  });
  const run = (more: JsonObject = {}) =>
    runStep(openaiCompletion, { api_key: "k", model: "m", prompt: "Hi", ...more }, made.context);
  return { ...made, requests, run };
}

const object = { output_schema: { type: "object" } };

describe("a chat step", () => {
  test("asks a repair under a key of its own: the same key would give the same answer", async () => {
    const { run, requests } = asking(answered("no"), answered("{}"));
    await run(object);
    expect(requests.map(({ idempotencyKey }) => idempotencyKey)).toEqual(["run-1-0", "run-1-0-repair-1"]);
  });

  test("shows no empty turn when the model said nothing", async () => {
    const { run, requests } = asking(answered(" "), answered("{}"));
    await run(object);
    expect(requests[1]?.messages.map(({ role }) => role)).toEqual(["user", "user"]);
  });

  test("says in a failure what was spent before it", async () => {
    const limited = new FlowError("rate_limited", "slow down", { status: 429, retryAfterMs: 7, body: "b" });
    const { run } = asking(answered("no"), limited);
    const failure = await run(object).catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({
      class: "rate_limited",
      message: "slow down",
      status: 429,
      retryAfterMs: 7,
      body: "b",
      usage: { model: "m", input_tokens: 1, output_tokens: 1 },
    });
  });

  test("adds what earlier attempts spent", async () => {
    const { run, context } = asking(answered("Hello"));
    const spent: Usage = { ...answered("").usage, model: "first", cost_usd: 0.5 };
    Object.assign(context, { spent });
    expect(await run()).toMatchObject({
      usage: { model: "m", input_tokens: 2, output_tokens: 2, cost_usd: null },
    });
  });
});

describe("embeddings", () => {
  /** Runs the step on texts, with a model that fails at the request of this number. */
  function embedding(texts: readonly string[], failAt?: number) {
    const requests: EmbeddingRequest[] = [];
    const { context } = stepContext({
      state: { texts },
      inputFrom: "texts",
      outputTo: "out",
      ports: {
        llm: {
          complete: () => Promise.reject(new Error("no chat here")),
          async embed(request) {
            if (requests.push(request) === failAt) throw new FlowError("server_error", "later");
            return { vectors: request.texts.map((text) => [text.length]), usage: answered("").usage };
          },
        },
      },
    });
    return { requests, run: () => runStep(openaiEmbeddings, { api_key: "k", model: "m" }, context) };
  }

  test("of many texts take several requests, each under its own key", async () => {
    const texts = Array.from({ length: 205 }, (_, index) => `text ${index}`);
    const { run, requests } = embedding(texts);
    expect(await run()).toMatchObject({
      output: texts.map((text) => [text.length]),
      usage: { input_tokens: 3 },
    });
    expect(requests.map((one) => [one.texts.length, one.idempotencyKey])).toEqual([
      [100, "run-1-0"],
      [100, "run-1-0-from-100"],
      [5, "run-1-0-from-200"],
    ]);
  });

  test("of long texts too: a provider takes 300,000 tokens at once", async () => {
    const texts = [150_000, 40_000, 20_000, 500_000, 1].map((length) => "x".repeat(length));
    const { run, requests } = embedding(texts);
    expect(await run()).toMatchObject({ output: texts.map((text) => [text.length]) });
    expect(requests.map((one) => [one.texts.length, one.idempotencyKey])).toEqual([
      [2, "run-1-0"],
      [1, "run-1-0-from-2"],
      [1, "run-1-0-from-3"],
      [1, "run-1-0-from-4"],
    ]);
  });

  test("that fail say what the requests before cost", async () => {
    const texts = Array.from({ length: 150 }, () => "text");
    await expect(embedding(texts, 2).run()).rejects.toMatchObject({
      class: "server_error",
      usage: { input_tokens: 1 },
    });
  });
});

describe("the journal", () => {
  const file = (more: JsonObject): JsonObject => ({
    environment: [{ name: "OPENAI_API_KEY", secret: true }],
    steps: [{ type: "openai_completion", model: "m", prompt: "Hi", ...more }],
  });
  const env = { OPENAI_API_KEY: "sk-test-1234" };
  const usage = { input_tokens: 3, output_tokens: 4, cost_usd: 0.25 };

  test("counts what a failed step spent, its fallbacks too", async () => {
    const { end, entries } = await attempt({
      workflow: compiled(file({ fallback_models: ["n"] })),
      env,
      llm: [
        { model: "m", text: "no", finish: "refusal", usage },
        { model: "n", text: "no", finish: "length", usage },
      ],
    });
    expect(end).toMatchObject({ kind: "failed", error: { class: "refused", details: { attempts: 2 } } });
    expect(entries).toMatchObject([{ status: "failed", usage: { output_tokens: 8, cost_usd: 0.5 } }]);
  });

  test("counts it once, at the step inside a loop", async () => {
    const steps = [
      { type: "openai_completion", model: "m", prompt: "Hi", retries: 1, retry_on: ["refused"] },
    ];
    const { entries } = await attempt({
      workflow: compiled({
        environment: [{ name: "OPENAI_API_KEY", secret: true }],
        steps: [{ type: "for_each", input_from: "list", drop_on_failure: false, output_to: "out", steps }],
      }),
      event: { list: [1] },
      env,
      llm: [{ text: "no", finish: "refusal", usage }],
    });
    expect(
      entries.map((entry) => [entry.path, entry.usage?.cost_usd, entry.error?.details.attempts]),
    ).toEqual([
      ["0.items.0.0", 0.5, 2],
      ["0", undefined, 2],
    ]);
  });

  test("an alternative that does not fit into the invocation begins anew in the next one", async () => {
    const workflow = compiled(file({ fallback_models: ["n"], timeout: 60 }));
    const { end } = await attempt({
      workflow,
      env,
      llm: [
        { model: "m", error: "server_error" },
        { model: "n", text: "late", delay_seconds: 50 },
      ],
      limits: { handOverAt: Date.UTC(2026, 0, 2, 3, 4, 5) + 40_000, freshMs: 40_000 },
    });
    expect(end).toMatchObject({ kind: "paused", pause: { reason: "hand_over" } });
  });
});

describe("checking an answer", () => {
  const schema = {
    type: "object",
    properties: { id: { type: "integer" }, tags: { type: "array", items: { $ref: "#/$defs/tag" } } },
    required: ["id"],
    additionalProperties: false,
    $defs: { tag: { enum: ["a", "b"] } },
  };

  test("keeps the digits of its numbers", async () => {
    const { value } = await checkAnswer(schema, '{"id":12345678901234567890}');
    expect(JSON.stringify(value)).toBe('{"id":12345678901234567890}');
  });

  test.each([
    ["[]", ['#: Instance type "array" is invalid. Expected "object".']],
    ["{}", ['#: Instance does not have required property "id".']],
    ['{"id":1,"tags":["a","c"]}', [expect.stringMatching(/^#\/tags\/1: /)]],
    ['{"id":1,"x":2}', [expect.stringMatching(/^#\/x: /)]],
    ["Rome", [expect.stringMatching(/^no JSON: /)]],
    ["", [expect.stringMatching(/^no JSON: /)]],
  ])("%s is told what is wrong", async (text, problems) => {
    expect(await checkAnswer(schema, text)).toEqual({ problems });
  });

  test("takes JSON out of a code fence", async () => {
    for (const text of ['```json\n{"id":1}\n```', '```\n{"id":1}```', ' {"id":1}\n'])
      expect(await checkAnswer(schema, text)).toEqual({ value: { id: 1 } });
  });

  test("leaves the schema as it was, and tells one that cannot be used", async () => {
    expect(await checkAnswer(Object.freeze({ ...schema }), '{"id":1}')).toEqual({ value: { id: 1 } });
    await expect(checkAnswer({ $ref: "#/$defs/none" }, "{}")).rejects.toMatchObject({
      class: "config_error",
    });
  });

  test("tells at most ten problems", async () => {
    const text = JSON.stringify(Array.from({ length: 50 }, () => "x"));
    const { problems } = await checkAnswer({ type: "array", items: { type: "integer" } }, text);
    expect(problems).toHaveLength(10);
  });
});
