import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Json, JsonObject } from "../../lib/core/json.ts";

/** A workflow that every fault befalls at every call, and the world that it runs in. */
export interface FaultCase {
  readonly file: JsonObject;
  readonly event?: Json;
  readonly http: readonly Json[];
  readonly secrets?: { readonly [name: string]: string };
  /** A call that fails on its way changes the result, as the file says: only deaths befall the other side's calls. */
  readonly acceptsFailures?: true;
  /** Where the store is a table of DynamoDB's: every request to it is a call that is struck. */
  readonly table?: { readonly client: DynamoDBClient; readonly name: string };
}

/** The value of the secret in the table, which may be nowhere but in a request. */
export const SECRET = "s3cret+t0ken";
/** What `history.redact` of the table blanks. */
export const CARD = "4111-1111";

const call = (name: string, more: JsonObject = {}): JsonObject => ({
  type: "http_call",
  url: `https://x.test/${name}`,
  output_to: name,
  ...more,
});
/** A call whose body shows the state that it is made in. */
const post = (name: string, body: Json, more: JsonObject = {}): JsonObject =>
  call(name, { method: "POST", body, ...more });
const ok = (name: string): Json => ({ url: `https://x.test/${name}`, body: { from: name } });
const answers = (name: string, ...all: JsonObject[]): Json => ({
  url: `https://x.test/${name}`,
  answers: all,
});
const fails = (name: string, status: number): Json => ({ url: `https://x.test/${name}`, status });
const print = (text: string): JsonObject => ({ type: "print", text });
const stamp: JsonObject = { type: "add_timestamp", output_to: "at" };
const isolated = (input_from: string, steps: JsonObject[], more: JsonObject = {}): JsonObject => ({
  type: "for_each",
  input_from,
  item_scope: "isolated",
  steps,
  ...more,
});
const shared = (input_from: string, steps: JsonObject[], more: JsonObject = {}): JsonObject => ({
  type: "for_each",
  input_from,
  steps,
  ...more,
});

/** The workflows by what they are about. */
export const WORKFLOWS: { readonly [about: string]: FaultCase } = {
  "effects one after another": {
    file: {
      steps: [call("a"), stamp, post("b", "${at}"), print("${b.from}"), call("c"), print("end")],
      output: { all: ["${a.from}", "${b.from}", "${c.from}"] },
    },
    http: [ok("a"), ok("b"), ok("c")],
  },
  "branches in branches": {
    file: {
      steps: [
        call("a"),
        {
          type: "if_else",
          if: { conditions: [{ field: "a.from", op: "eq", value: "z" }], steps: [call("b")] },
          else: {
            steps: [
              stamp,
              {
                type: "if_else",
                if: {
                  conditions: [{ field: "at", op: "exists" }],
                  steps: [post("c", "${at}")],
                },
                output_to: "inner",
              },
            ],
          },
          output_to: "outer",
        },
        call("d", { when: [{ field: "inner.branch", op: "eq", value: "if" }] }),
      ],
    },
    http: [ok("a"), ok("c"), ok("d")],
  },
  "isolated loops in a shared loop": {
    file: {
      steps: [
        shared(
          "groups",
          [
            call("a"),
            isolated("group.ids", [post("b", "${item}"), stamp, post("c", "${at}")], {
              output_to: "group.done",
              concurrency: 2,
            }),
          ],
          { var: "group", result_from: "group", output_to: "all" },
        ),
        post("d", "${all}"),
      ],
    },
    event: { groups: [{ ids: [1, 2, 3] }, { ids: [4] }], group: "hidden" },
    http: [ok("a"), ok("b"), ok("c"), ok("d")],
  },
  "shared loops in an isolated loop": {
    file: {
      steps: [
        isolated(
          "groups",
          [
            shared("group", [post("a", "${item}"), print("${item}")], {
              result_strategy: "merge_objects",
              output_to: "merged",
            }),
            post("b", "${merged}"),
          ],
          { var: "group", output_to: "all", result_from: "merged" },
        ),
        call("c"),
      ],
    },
    event: { groups: [[1, 2], [3], []], item: 7 },
    http: [ok("a"), ok("b"), ok("c")],
  },
  "a loop that writes over its source": {
    file: {
      steps: [
        shared("ids", [post("a", "${item}", { output_to: "item.seen" })], {
          result_strategy: "replace",
          result_from: "item",
        }),
        post("b", "${ids}"),
      ],
    },
    event: { ids: [{ id: 1 }, { id: 2 }] },
    http: [ok("a"), ok("b")],
  },
  "short waits between retries": {
    file: { steps: [call("a"), call("b", { retries: 3, backoff_seconds: 2 }), call("c")] },
    http: [ok("a"), answers("b", { status: 503 }, { status: 429 }, { body: { from: "b" } }), ok("c")],
  },
  "long waits between retries, in an isolated loop": {
    file: {
      steps: [
        isolated(
          "ids",
          [
            call("${item}", {
              url: "https://x.test/${item}",
              output_to: "x",
              retries: 3,
              backoff_seconds: 60,
            }),
          ],
          {
            output_to: "all",
          },
        ),
        call("c"),
      ],
    },
    event: { ids: ["a", "b"] },
    http: [
      answers("a", { status: 503 }, { status: 503 }, { body: 1 }),
      answers("b", { status: 429, headers: { "retry-after": "1200" } }, { body: 2 }),
      ok("c"),
    ],
  },
  "a step that heals in a later delivery": {
    file: { steps: [call("a"), call("b"), call("c")] },
    http: [ok("a"), answers("b", { status: 503 }, { status: 500 }, { body: { from: "b" } }), ok("c")],
  },
  "a step that never heals, and its alarm": {
    file: { steps: [call("a"), call("b")], on_failure: [call("c"), print("${error.message}"), call("d")] },
    http: [ok("a"), fails("b", 503), ok("c"), ok("d")],
    acceptsFailures: true,
  },
  "a hand-over": {
    file: {
      steps: [
        call("a", { timeout: 600 }),
        stamp,
        post("b", "${at}", { timeout: 600 }),
        call("c", { timeout: 600 }),
      ],
    },
    http: [
      { url: "https://x.test/a", body: 1, delay_seconds: 500 },
      { url: "https://x.test/b", body: 2, delay_seconds: 500 },
      ok("c"),
    ],
  },
  "failures that the file accepts": {
    file: {
      steps: [
        call("a", { swallow_on_error: true, raw_on_error: true }),
        isolated("ids", [call("b"), call("c")], {
          on_item_error: "continue",
          concurrency: 1,
          output_to: "all",
        }),
        shared("ids", [call("c", { drop_on_failure: true })], { output_to: "rest" }),
        call("d"),
      ],
    },
    event: { ids: [1, 2] },
    http: [fails("a", 404), ok("b"), fails("c", 400), ok("d")],
    acceptsFailures: true,
  },
  "a drop": {
    file: {
      steps: [
        call("a"),
        { type: "filter", conditions: [{ field: "a.from", op: "eq", value: "z" }] },
        call("b"),
      ],
    },
    http: [ok("a")],
  },
  "a failure for good, and its alarm": {
    file: { steps: [call("a"), call("b")], on_failure: [call("c"), print("${error.message}"), call("d")] },
    http: [ok("a"), fails("b", 400), ok("c"), ok("d")],
    acceptsFailures: true,
  },
  "at most once": {
    file: {
      steps: [call("a"), call("b", { effect: "at_most_once" }), call("c")],
      on_failure: [call("d")],
    },
    http: [ok("a"), ok("b"), ok("c"), ok("d")],
  },
  "secrets that come back": {
    file: {
      environment: [{ name: "TOKEN", secret: true }],
      steps: [
        call("a", { headers: { authorization: "Bearer ${env:TOKEN}" } }),
        print("${env:TOKEN} ${a.token}"),
        call("b", { url: "https://x.test/b?t=${env:TOKEN}" }),
      ],
      output: { token: "${env:TOKEN}" },
    },
    http: [
      { url: "https://x.test/a", body: { token: SECRET } },
      {
        url: "https://x.test/b*",
        status: 400,
        body: { sent: `${SECRET} ${btoa(SECRET)} ${encodeURIComponent(SECRET)}` },
      },
    ],
    secrets: { TOKEN: SECRET },
  },
  "a history that is blanked": {
    file: {
      history: { redact: ["card.number", "a.number"] },
      steps: [post("a", "${card.number}"), post("b", "${a.number}"), call("c")],
    },
    event: { card: { number: CARD, name: "Ada" } },
    http: [
      { url: "https://x.test/a", body: { number: CARD } },
      answers("b", { status: 503 }, { body: 1 }),
      ok("c"),
    ],
  },
};
