import { describe, expect, test } from "@jest/globals";
import { addTimestamp } from "../../lib/steps/add-timestamp.ts";
import { filter } from "../../lib/steps/filter.ts";
import { jq } from "../../lib/steps/jq.ts";
import { openaiCompletion } from "../../lib/steps/openai-completion.ts";
import { print } from "../../lib/steps/print.ts";
import { stepTypes } from "../../lib/steps/registry.ts";
import { slackWebhook } from "../../lib/steps/slack-webhook.ts";

test("the registry holds the steps under their names, in the order of the reference", () => {
  expect([...stepTypes.keys()]).toEqual([
    "http_call",
    "openai_completion",
    "if_else",
    "for_each",
    "filter",
    "jq",
    "print",
    "add_timestamp",
    "slack_webhook",
    "salesforce",
    "python_function",
    "set",
    "parallel",
    "wait",
    "run_workflow",
    "fail",
    "stop",
    "respond",
    "add_uuid",
    "chunk_text",
    "openai_embeddings",
    "anthropic_chat",
    "gemini_chat",
    "teams_webhook",
  ]);
});

test("a step with an effect has a time limit, unless it waits for another run", () => {
  const withoutLimit = [...stepTypes.values()].filter(
    ({ effect, timeoutSeconds, startsRuns }) => effect && timeoutSeconds === null && !startsRuns,
  );
  expect(withoutLimit).toEqual([]);
});

describe("openai_completion", () => {
  const known = { api_key: "k", model: "m" };

  test.each([
    [{ temperature: 2.1 }],
    [{ temperature: "warm" }],
    [{ max_tokens: 0 }],
    [{ max_tokens: 1.5 }],
    [{ include_usage: "yes" }],
    [{ api_key: "" }],
    [{ messages: [] }],
    [{ messages: [{ role: "robot", content: "Hi" }] }],
    [{ repair: -1 }],
    [{ repair: 6 }],
    [{ fallback_models: "m" }],
    [{ fallback_models: [""] }],
    [{ output_schema: "object" }],
    [{ output_schema: { type: "text" } }],
    [{ output_schema: { properties: { a: { type: "strin" } } } }],
    [{ output_schema: { anyOf: [] } }],
    [{ output_schema: { items: { pattern: "(" } } }],
    [{ output_schema: { $ref: "https://example.com/schema" } }],
  ])("%j is refused", (raw) => {
    expect(openaiCompletion.schema.safeParse({ ...known, ...raw }).success).toBe(false);
  });

  test("a schema's own keywords and their order stay as they are", () => {
    const output_schema = { type: "object", properties: { b: true, a: { const: 1 } }, "x-own": [1] };
    const { data } = openaiCompletion.schema.safeParse({ ...known, output_schema });
    expect(JSON.stringify(data?.output_schema)).toBe(JSON.stringify(output_schema));
  });

  test("a prompt in the file is text", () => {
    expect(openaiCompletion.check?.({ prompt: ["a"] })).toEqual([
      { at: ["prompt"], message: "found a list, expected text" },
    ]);
    expect(openaiCompletion.check?.({ prompt: "a", system: null })).toEqual([]);
    const messages = [{ role: "user", content: "a" }, "${m}", { role: "user", content: [{ type: "text" }] }];
    expect(openaiCompletion.check?.({ messages })).toEqual([
      { at: ["messages", 2, "content"], message: "found a list, expected text" },
    ]);
  });
});

describe("jq", () => {
  test.each(["", " \n", ".a\0"])("the query %j is refused", (query) => {
    expect(jq.schema.safeParse({ query }).success).toBe(false);
  });
});

describe("filter", () => {
  test.each([[{}], [{ conditions: [], groups: [] }]])("%j has not one way to pass", (raw) => {
    expect(filter.check?.(raw)).toMatchObject([{ at: [] }]);
  });

  test.each([
    [{ groups: [] }],
    [{ groups: [[]] }],
    [{ conditions: {} }],
    [{ conditions: [{ field: "a", op: "equals" }] }],
    [{ conditions: [{ field: "a" }] }],
    [{ conditions: [], match: "any" }],
  ])("%j is refused", (raw) => {
    expect(filter.schema.safeParse(raw).success).toBe(false);
  });
});

describe("print", () => {
  test("two spellings of the text are one too many", () => {
    expect(print.check?.({ text: "a", template: "b" })).toMatchObject([{ at: ["template"] }]);
  });

  test.each([[{ level: "loud" }], [{ fields: "a" }], [{ txt: "a" }]])("%j is refused", (raw) => {
    expect(print.schema.safeParse(raw).success).toBe(false);
  });
});

test("add_timestamp refuses a format it does not know", () => {
  expect(addTimestamp.schema.safeParse({ format: "rfc2822" }).success).toBe(false);
});

describe("slack_webhook", () => {
  test("a message without content is found in the file", () => {
    expect(slackWebhook.check?.({ webhook_url: "https://a.test" })).toMatchObject([{ at: [] }]);
  });

  test.each([[{ blocks: {} }], [{ event_fields: "a" }], [{ extra: [] }], [{ channel: "#a" }]])(
    "%j is refused",
    (raw) => {
      expect(
        slackWebhook.schema.safeParse({ webhook_url: "https://a.test", text: "Hi", ...raw }).success,
      ).toBe(false);
    },
  );
});
