import { describe, expect, test } from "@jest/globals";
import { addTimestamp } from "../../lib/steps/add-timestamp.ts";
import { filter } from "../../lib/steps/filter.ts";
import { jq } from "../../lib/steps/jq.ts";
import { openaiCompletion } from "../../lib/steps/openai-completion.ts";
import { print } from "../../lib/steps/print.ts";
import { stepTypes } from "../../lib/steps/registry.ts";
import { slackWebhook } from "../../lib/steps/slack-webhook.ts";

test("the registry holds the nine steps under their names, in the order of the reference", () => {
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
  ]);
});

test("a step with an effect has a time limit", () => {
  const withoutLimit = [...stepTypes.values()].filter(
    ({ effect, timeoutSeconds }) => effect && timeoutSeconds === null,
  );
  expect(withoutLimit).toEqual([]);
});

describe("openai_completion", () => {
  const known = { api_key: "k", model: "m" };

  test.each(["messages", "output_schema", "repair", "fallback_models"])("%s is unknown", (key) => {
    expect(openaiCompletion.schema.safeParse({ ...known, [key]: [] }).success).toBe(false);
  });

  test.each([
    [{ temperature: 2.1 }],
    [{ temperature: "warm" }],
    [{ max_tokens: 0 }],
    [{ max_tokens: 1.5 }],
    [{ include_usage: "yes" }],
    [{ api_key: "" }],
  ])("%j is refused", (raw) => {
    expect(openaiCompletion.schema.safeParse({ ...known, ...raw }).success).toBe(false);
  });

  test("a prompt in the file is text", () => {
    expect(openaiCompletion.check?.({ prompt: ["a"] })).toEqual([
      { at: ["prompt"], message: "found a list, expected text" },
    ]);
    expect(openaiCompletion.check?.({ prompt: "a", system: null })).toEqual([]);
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
