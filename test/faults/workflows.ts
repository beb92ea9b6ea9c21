import type { Json, JsonObject } from "../../lib/core/json.ts";
import type { Jq } from "../../lib/core/ports/jq.ts";
import type { Python } from "../../lib/core/ports/python.ts";
import type { SimulatedTable } from "./sim/simulated-table.ts";

/** A workflow that every fault befalls at every call, and the world that it runs in. */
export interface FaultCase {
  readonly file: JsonObject;
  /** Workflows beside it, by name. */
  readonly workflows?: { readonly [name: string]: JsonObject };
  readonly event?: Json;
  readonly http?: readonly Json[];
  readonly llm?: readonly Json[];
  /** Given by the suite where the workflow uses it: one interpreter for all trials. */
  readonly python?: Python;
  readonly jq?: Jq;
  readonly secrets?: { readonly [name: string]: string };
  /** A call that fails on its way changes the result, as the file says: only deaths befall the other side's calls. */
  readonly acceptsFailures?: true;
  /** Steps run beside each other until one of them ends the run: how far the others get is a matter of chance. */
  readonly races?: true;
  /** An empty table of DynamoDB's, where that is the store: every request to it is a call that is struck. */
  readonly table?: SimulatedTable;
}

/** Stands where the suite puts its interpreter. */
const NO_PYTHON: Python = { run: () => Promise.reject(new Error("no interpreter was given")), endRun() {} };

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

const distributed = (input_from: string, steps: JsonObject[], more: JsonObject = {}): JsonObject => ({
  type: "for_each",
  input_from,
  mode: "distributed",
  chunk_size: 2,
  steps,
  ...more,
});

const parallel = (branches: JsonObject, more: JsonObject = {}): JsonObject => ({
  type: "parallel",
  branches,
  ...more,
});
const wait = (seconds: number): JsonObject => ({ type: "wait", seconds });
const set = (values: JsonObject): JsonObject => ({ type: "set", values });
const starts = (name: string, more: JsonObject = {}): JsonObject => ({ type: "run_workflow", name, ...more });
const python = (code: string): JsonObject => ({ type: "python_function", code });
const model = (more: JsonObject): JsonObject => ({
  type: "openai_completion",
  api_key: "k",
  prompt: "${a.from}",
  include_usage: false,
  ...more,
});
const is = (field: string, value: Json): JsonObject => ({ when: [{ field, op: "eq", value }] });

const HOUR: JsonObject = { ttl: 3600 };

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
  "branches that wait and try again, and branches in them": {
    file: {
      steps: [
        call("a"),
        parallel({
          long: [post("b", "${a.from}"), wait(40), call("c", { retries: 3, backoff_seconds: 60 })],
          short: { steps: [wait(2), stamp, post("d", "${at}")], result_from: "d.from" },
          inner: [
            parallel({ one: [call("e")], two: [wait(600), post("f", "${a.from}")] }),
            set({ g: "${parallel}" }),
          ],
        }),
        post("h", "${parallel}"),
      ],
    },
    http: [
      ...["a", "b", "d", "e", "f", "h"].map(ok),
      answers("c", { status: 503 }, { status: 429 }, { body: { from: "c" } }),
    ],
  },
  "a branch that heals in a later delivery": {
    file: {
      steps: [parallel({ one: [call("a"), call("b")], two: [call("c"), post("d", "${c.from}")] }), call("e")],
    },
    http: [
      ...["a", "c", "d", "e"].map(ok),
      answers("b", { status: 503 }, { status: 500 }, { body: { from: "b" } }),
    ],
  },
  "a branch that fails for good, and the alarm": {
    file: {
      steps: [call("a"), parallel({ bad: [call("b")], good: [call("c"), wait(60), call("d")] })],
      on_failure: [call("e"), print("${error.message}"), call("f")],
    },
    http: [...["a", "c", "d", "e", "f"].map(ok), fails("b", 400)],
    acceptsFailures: true,
  },
  "a branch whose failure is accepted": {
    file: {
      steps: [
        parallel(
          { bad: [call("a"), call("b")], good: [call("c"), wait(60), call("d")] },
          { on_branch_error: "continue" },
        ),
        call("e"),
      ],
    },
    http: [...["a", "c", "d", "e"].map(ok), fails("b", 400)],
    acceptsFailures: true,
  },
  "a branch that stops the run while others wait": {
    file: {
      steps: [
        call("a"),
        parallel({
          one: [call("b"), wait(30), { type: "stop", message: "${b.from}" }],
          two: [call("c"), wait(600), call("d")],
          three: [wait(20), call("e")],
        }),
        call("f"),
      ],
    },
    http: ["a", "b", "c", "e"].map(ok),
    races: true,
  },
  "waits, short and long, in loops": {
    file: {
      steps: [
        shared("ids", [post("a", "${item}"), wait(1)], { output_to: "first" }),
        isolated("ids", [wait(60), stamp, post("b", "${at}"), wait(1200)], { output_to: "second" }),
        { type: "wait", until: "2026-01-02T09:00:00Z" },
        post("c", ["${first}", "${second}"]),
      ],
    },
    event: { ids: [1, 2] },
    http: ["a", "b", "c"].map(ok),
  },
  "values that are set, in branches and loops": {
    file: {
      steps: [
        set({ sum: 0, "list.0": "a" }),
        shared("ids", [
          post("a", "${sum}"),
          set({ sum: "${sum}${item}", "seen.last": "${item}", item: "changed" }),
        ]),
        { type: "if_else", if: { conditions: [], steps: [set({ n: "${seen.last}" }), call("b")] } },
        post("c", ["${sum}", "${n}", "${list}", "${item}"]),
      ],
    },
    event: { ids: [1, 2, 3], item: "hidden" },
    http: ["a", "b", "c"].map(ok),
  },
  "a fail in an isolated item, and the alarm": {
    file: {
      steps: [
        isolated(
          "ids",
          [post("a", "${item}"), { type: "fail", message: "no ${item}", ...is("item", 2) }, call("b")],
          {
            concurrency: 1,
            on_item_error: "continue",
          },
        ),
        call("c"),
      ],
      on_failure: [post("d", "${error.message}"), call("e")],
    },
    event: { ids: [1, 2, 3] },
    http: ["a", "b", "d", "e"].map(ok),
    acceptsFailures: true,
  },
  "a stop in an isolated item": {
    file: {
      steps: [
        isolated(
          "ids",
          [post("a", "${item}"), set({ n: 1 }), { type: "stop", ...is("item", 2) }, call("b")],
          {
            concurrency: 1,
          },
        ),
        call("c"),
      ],
    },
    event: { ids: [1, 2, 3] },
    http: ["a", "b"].map(ok),
    acceptsFailures: true,
  },
  "Python that makes the state anew": {
    file: {
      steps: [
        call("a"),
        python("def process(s):\n    return {'n': s['n'] + 1, 'from': s['a']['from']}"),
        post("b", ["${n}", "${from}", "${a, gone}"]),
        parallel({
          one: [python("def process(s):\n    s['m'] = s['n'] * 2\n    return s"), post("c", "${m}")],
        }),
        post("d", "${parallel}"),
      ],
    },
    event: { n: 1, gone: true },
    http: ["a", "b", "c", "d"].map(ok),
    python: NO_PYTHON,
  },
  "Python that drops the run": {
    file: { steps: [call("a"), python("def process(s):\n    return None"), call("b")] },
    http: [ok("a")],
    python: NO_PYTHON,
  },
  "a model that never answers as asked, and those in its place": {
    file: {
      steps: [
        call("a"),
        model({
          model: "busy",
          retries: 1,
          backoff_seconds: 100,
          fallback_models: ["wordy", "good"],
          output_schema: { type: "object", required: ["n"] },
          repair: 1,
        }),
        post("b", "${openai.n}"),
      ],
    },
    http: [ok("a"), ok("b")],
    llm: [
      { model: "busy", error: "rate_limited" },
      { model: "wordy", text: "Certainly!", usage: { input_tokens: 5, cost_usd: 0.01 } },
      { model: "good", text: '{"n": 7}', usage: { input_tokens: 5, cost_usd: 0.1 } },
    ],
  },
  "cached calls, one for items that run at once": {
    file: {
      steps: [
        isolated("ids", [call("a", { cache: HOUR }), post("b", "${a.from}", { cache: HOUR })], {
          output_to: "all",
          result_from: "b",
        }),
        post("c", "${all}"),
        call("a", { cache: HOUR }),
      ],
      output: ["${all}", "${a}"],
    },
    event: { ids: [1, 2, 3] },
    http: ["a", "b", "c"].map(ok),
    races: true,
  },
  "a cached call of unknown outcome, and one that is tried again": {
    file: {
      steps: [
        call("a", { cache: HOUR }),
        call("b", { cache: HOUR, effect: "at_most_once" }),
        call("c", { cache: HOUR, retries: 2, backoff_seconds: 60 }),
      ],
    },
    http: [ok("a"), ok("b"), answers("c", { status: 503 }, { body: { from: "c" } })],
  },
  "a cached answer that holds a secret": {
    file: {
      environment: [{ name: "TOKEN", secret: true }],
      steps: [
        call("a", { headers: { Authorization: "Bearer ${env:TOKEN}" }, cache: HOUR }),
        call("b", { cache: { ttl: 60, key: "${a.token}-${env:TOKEN}" } }),
      ],
    },
    http: [{ url: "https://x.test/a", body: { token: SECRET } }, ok("b")],
    secrets: { TOKEN: SECRET },
  },
  "a cached model, paid for once": {
    file: {
      environment: [{ name: "OPENAI_API_KEY", default: "sk-test" }],
      steps: [{ type: "openai_completion", model: "good", prompt: "Hi", cache: HOUR }, call("a")],
    },
    http: [ok("a")],
    llm: [{ model: "good", text: "Hello", usage: { input_tokens: 5, cost_usd: 0.1 }, times: 99 }],
  },
  "a distributed loop": {
    file: {
      steps: [
        call("a"),
        distributed("ids", [stamp, post("b", ["${item}", "${a.from}"]), post("c", "${b.from}")], {
          output_to: "all",
          result_from: "c.from",
        }),
        post("d", "${all}"),
      ],
    },
    event: { ids: [1, 2, 3] },
    http: ["a", "b", "c", "d"].map(ok),
  },
  "a distributed loop of waits and drops, some of whose items may fail": {
    file: {
      steps: [
        distributed(
          "ids",
          [
            { type: "filter", conditions: [{ field: "item", op: "ne", value: "drop" }] },
            wait(600),
            call("${item}", { url: "https://x.test/${item}", output_to: "x" }),
          ],
          { output_to: "all", result_from: "x", tolerate: { count: 1 } },
        ),
        post("c", "${all}"),
      ],
    },
    event: { ids: ["a", "bad", "drop"] },
    http: [ok("a"), fails("bad", 400), ok("c")],
    acceptsFailures: true,
  },
  "a distributed loop that fails": {
    file: {
      steps: [distributed("ids", [call("a"), call("x", { url: "https://x.test/${item}" })])],
      on_failure: [post("b", "${error.step}")],
    },
    event: { ids: ["c", "bad", "d"] },
    http: [...["a", "b", "c", "d"].map(ok), fails("bad", 400)],
    acceptsFailures: true,
  },
  "a distributed loop in a step that is tried again, and itself": {
    file: {
      steps: [
        parallel(
          {
            one: [
              distributed("ids", [call("a"), call("x", { url: "https://x.test/${item}" })], {
                output_to: "all",
                result_from: "x.from",
                retries: 1,
                backoff_seconds: 100,
                retry_on: ["client_error"],
              }),
            ],
            other: [call("d")],
          },
          { retries: 1, retry_on: ["client_error"] },
        ),
        post("b", "${parallel}"),
      ],
    },
    event: { ids: ["c", "bad", "d"] },
    http: [
      ...["a", "b", "c", "d"].map(ok),
      answers("bad", { status: 400, times: 3 }, { body: { from: "bad" }, times: 99 }),
    ],
  },
  "distributed loops in a distributed loop and in a branch, and what models cost in them": {
    file: {
      steps: [
        parallel({
          one: [
            distributed(
              "groups",
              [
                distributed("group", [model({ model: "good", prompt: "${item}", output_to: "x" })], {
                  result_from: "x",
                  output_to: "inner",
                }),
              ],
              { var: "group", result_from: "inner", output_to: "all", chunk_size: 1 },
            ),
          ],
          other: [wait(60), call("b")],
        }),
        post("c", "${parallel}"),
      ],
    },
    event: { groups: [[1, 2], [3]] },
    http: [ok("b"), ok("c")],
    llm: [{ model: "good", text: "yes", usage: { input_tokens: 5, cost_usd: 0.1 }, times: 99 }],
  },
  "a distributed loop whose history is blanked": {
    file: {
      environment: [{ name: "TOKEN", secret: true }],
      history: { redact: ["cards.0", "all.0", "item"] },
      steps: [
        distributed("cards", [call("a", { headers: { Authorization: "Bearer ${env:TOKEN}" } })], {
          output_to: "all",
          result_from: "item",
        }),
        post("b", "${all.0}"),
      ],
    },
    event: { cards: [CARD, "2", "3"] },
    http: [ok("a"), ok("b")],
    secrets: { TOKEN: SECRET },
  },
  "a run of another workflow": {
    file: {
      steps: [call("a"), starts("other", { event: { id: "${a.from}" } }), post("b", "${run_workflow}")],
    },
    workflows: { other: { steps: [post("c", "${id}"), call("d")], output: ["${id}", "${d.from}"] } },
    http: ["a", "b", "c", "d"].map(ok),
  },
  "a run of another workflow that takes long": {
    file: { steps: [starts("other", { event: 1 }), post("b", "${run_workflow}")] },
    workflows: { other: { steps: [call("c"), wait(600), call("d")], output: ["${input}", "${d.from}"] } },
    http: ["b", "c", "d"].map(ok),
  },
  "a run of another workflow that fails, tried again": {
    file: {
      steps: [call("a"), starts("other", { retries: 1, backoff_seconds: 100, retry_on: ["client_error"] })],
      on_failure: [call("b"), print("${error.class}"), call("c")],
    },
    workflows: { other: { steps: [call("d"), call("e")], on_failure: [call("f")] } },
    http: [...["a", "b", "c", "d", "f"].map(ok), fails("e", 400)],
    acceptsFailures: true,
  },
  "a run of another workflow that is dropped": {
    file: { steps: [starts("other"), post("a", "${run_workflow_meta.status}")] },
    workflows: {
      other: { steps: [call("b"), { type: "filter", conditions: [{ field: "x", op: "exists" }] }] },
    },
    http: ["a", "b"].map(ok),
  },
  "a run of another workflow that nobody waits for": {
    file: { steps: [call("a"), starts("other", { await: false, event: 7 }), call("b")] },
    workflows: { other: { steps: [post("c", "${input}"), wait(60), call("d")] } },
    http: ["a", "b", "c", "d"].map(ok),
  },
  "runs of runs, for items and in branches": {
    file: {
      steps: [
        isolated("ids", [starts("middle", { event: { id: "${item}" } })], {
          output_to: "all",
          result_from: "run_workflow",
        }),
        parallel({
          one: [starts("inner", { event: { id: "x" } }), post("a", "${run_workflow}")],
          two: [wait(40), call("b")],
        }),
        post("c", "${all}"),
      ],
    },
    workflows: {
      middle: { steps: [starts("inner")], output: "${run_workflow}" },
      inner: { steps: [post("d", "${id}"), wait(20)], output: ["${id}"] },
    },
    event: { ids: [1, 2] },
    http: ["a", "b", "c", "d"].map(ok),
  },
};
