import { describe, expect, test } from "@jest/globals";
import type { StepNode, Workflow } from "../../lib/core/workflow.ts";
import { loadWorkflow } from "../../lib/language/load-workflow.ts";
import { fakeSteps } from "../support/fake-steps.ts";
import { schemaFaults } from "../support/schema-faults.ts";

/** Loads text that must be without errors. */
function load(text: string, file = "flows/flow.yaml"): Workflow {
  const { workflow, problems } = loadWorkflow(text, file, fakeSteps);
  expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
  expect(schemaFaults(text, fakeSteps)).toEqual([]);
  return workflow as Workflow;
}

const file = (keys: string) => load(`name: a\n${keys}${/^steps:/m.test(keys) ? "" : "\nsteps: []"}\n`);
const step = (text: string, keys = "") => file(`${keys}steps:\n  - ${text}\n`).steps[0] as StepNode;

const FILES: readonly (readonly [says: string, text: string, expected: object])[] = [
  [
    "the defaults of a file",
    "strict: false",
    {
      name: "a",
      input: { type: "http_webhook" },
      environment: [],
      onFailure: [],
      steps: [],
      timeoutSeconds: 3600,
      strict: false,
      history: { retentionDays: 30, redact: [] },
      changelog: [],
      file: "flows/flow.yaml",
    },
  ],
  ["one stage", "stage: dev", { stages: ["dev"] }],
  ["a rollout", "rollout: 0.5%", { rolloutPercent: 0.5 }],
  [
    "a preset, whose secret is a name that is read",
    "input: { type: http_webhook, verify: stripe }",
    {
      input: { preset: "stripe", verify: { scheme: "hmac", secrets: ["${env:STRIPE_WEBHOOK_SECRET}"] } },
      environment: [{ name: "STRIPE_WEBHOOK_SECRET", secret: true, required: true }],
    },
  ],
  [
    "a preset with two secrets, and less time",
    'environment: [{ name: NEW, secret: true }, { name: OLD, secret: true }]\ninput: { type: http_webhook, verify: { preset: slack, secret: ["${env:NEW}", "${env:OLD, no}"], tolerance: 60 } }',
    {
      input: {
        preset: "slack",
        verify: { secrets: ["${env:NEW}", "${env:OLD, no}"], timestamp: { toleranceSeconds: 60 } },
      },
    },
  ],
  [
    "a scheme of its own",
    'environment: [{ name: KEY, secret: true }]\ninput: { type: http_webhook, verify: { scheme: hmac, secret: "${env:KEY}", signature: { header: X-Sig } } }',
    {
      input: {
        verify: { algorithm: "sha256", signed: "${body}", signature: { place: { headers: ["x-sig"] } } },
      },
    },
  ],
  ["several stages", "stages: [dev, prod]", { stages: ["dev", "prod"] }],
  ["the stage as a template", "stage: ${env:STAGE, dev}", { stages: ["${env:STAGE, dev}"], environment: [] }],
  [
    "steps and lists that are left empty",
    "steps:\non_failure:\nenvironment:\ndefaults:",
    { steps: [], onFailure: [] },
  ],
  ["the old spelling of the webhook", "input: { type: webhook }", { input: { type: "http_webhook" } }],
  [
    "a cron input with its defaults",
    "input: { type: cron, cron: '*/15 8-18,22 1 JAN-mar mon' }",
    {
      input: {
        type: "cron",
        cron: "*/15 8-18,22 1 JAN-mar mon",
        timezone: "UTC",
        startNow: false,
        overlap: "allow",
        payload: {},
      },
    },
  ],
  [
    "a cron input in full",
    "input: { type: cron, cron: '0 6 29 2 *', timezone: Europe/Berlin, start_now: true, overlap: queue, payload: { a: 1 } }",
    {
      input: {
        type: "cron",
        cron: "0 6 29 2 *",
        timezone: "Europe/Berlin",
        startNow: true,
        overlap: "queue",
        payload: { a: 1 },
      },
    },
  ],
  [
    "a queue, named by the environment",
    "environment: [QUEUE]\ninput: { type: sqs, queue: '${env:QUEUE}' }",
    { input: { type: "sqs", queue: "${env:QUEUE}" } },
  ],
  [
    "a first-in-first-out queue",
    "input: { type: sqs, queue: 'arn:aws:sqs:eu-west-1:123456789012:orders.fifo' }",
    { input: { type: "sqs", queue: "arn:aws:sqs:eu-west-1:123456789012:orders.fifo" } },
  ],
  [
    "events of a bus, with its defaults",
    "input: { type: eventbridge, pattern: { source: [shop], detail: { total: [{ numeric: ['>', 100] }] } } }",
    {
      input: {
        type: "eventbridge",
        bus: "default",
        pattern: { source: ["shop"], detail: { total: [{ numeric: [">", 100] }] } },
      },
    },
  ],
  [
    "a bucket with its defaults",
    "input: { type: s3, bucket: uploads }",
    { input: { type: "s3", bucket: "uploads", events: ["created"] } },
  ],
  [
    "a bucket in full",
    "input: { type: s3, bucket: 'uploads-${env:STAGE}', prefix: in/, suffix: .csv, events: [created, deleted, created] }",
    {
      input: {
        type: "s3",
        bucket: "uploads-${env:STAGE}",
        prefix: "in/",
        suffix: ".csv",
        events: ["created", "deleted"],
      },
    },
  ],
  [
    "one address",
    "input: { type: email, to: bills@in.example.com }",
    { input: { type: "email", to: ["bills@in.example.com"] } },
  ],
  [
    "addresses and domains",
    "input: { type: email, to: [bills@in.example.com, in.example.com, .example.com] }",
    { input: { type: "email", to: ["bills@in.example.com", "in.example.com", ".example.com"] } },
  ],
  [
    "a rare day that a day of the week stands beside",
    "input: { type: cron, cron: '0 0 30 2 7' }",
    { input: expect.objectContaining({ cron: "0 0 30 2 7" }) },
  ],
  [
    "history, output, timeout and strict",
    "history: { retention_days: 7, redact: [a.b, 'c[0]'] }\noutput: { total: '${sum}' }\ntimeout: 60\nstrict: true",
    {
      history: { retentionDays: 7, redact: ["a.b", "c[0]"] },
      output: { total: "${sum}" },
      timeoutSeconds: 60,
      strict: true,
    },
  ],
  ["an output that is null", "output: null", { output: null }],
];

describe("a file is compiled", () => {
  test.each(FILES)("%s", (_says, text, expected) => {
    expect(file(text)).toMatchObject(expected);
  });

  test("the wrapper means the same as its keys at the top", () => {
    const inner = "name: a\nsteps:\n  - type: say\n";
    const wrapped = load(`workflow:\n${inner.replace(/^/gm, "  ").trimEnd()}\n`);
    expect(wrapped.hash).toBe(load(inner).hash);
  });

  test.each([
    ["flows/nightly-report.yaml", "nightly-report"],
    ["C:\\flows\\My Report_2.yml", "my-report-2"],
    ["a.b.yaml", "a-b"],
  ])("a file without a name takes that of %s", (path, name) => {
    expect(load("steps: []\n", path)).toMatchObject({ name, file: path });
  });

  test("a compiled workflow is plain JSON", () => {
    const workflow = file("steps:\n  - { type: call, url: x, name: label }\noutput: ${answer}");
    expect(JSON.parse(JSON.stringify(workflow))).toEqual(workflow);
  });

  test("numbers keep digits that a double cannot hold", () => {
    const text =
      "type: program\n    query: .\n    values: { id: 12345678901234567890, hex: 0x1F, small: 0.1, rate: 1.10 }";
    expect(JSON.stringify(step(text).params.values)).toBe(
      '{"id":12345678901234567890,"hex":31,"small":0.1,"rate":1.1}',
    );
  });

  test("an alias stands for its anchor", () => {
    const { steps } = file(
      "steps:\n  - { type: program, query: ., values: &v { a: [1] } }\n  - { type: program, query: ., values: *v }",
    );
    expect(steps[1]?.params).toEqual(steps[0]?.params);
  });
});

describe("the common keys of a step", () => {
  test("defaults", () => {
    expect(step("type: call\n    url: x")).toEqual({
      type: "call",
      id: "call_1",
      line: 3,
      outputTo: "answer",
      inject: false,
      retry: {
        retries: 0,
        backoffSeconds: 1,
        backoff: "exponential",
        maxBackoffSeconds: 900,
        retryOn: ["timeout", "connection", "rate_limited", "server_error"],
      },
      timeoutSeconds: 30,
      onError: "fail",
      effect: "at_least_once",
      params: { url: "x", key: "${env:CALL_KEY}" },
      blocks: {},
    });
  });

  test("everything given", () => {
    const given = `type: call
    id: fetch
    name: Fetch it
    when: [{ field: a, operator: eq, value: "\${b}" }]
    input_from: state.input
    output_to: state.input
    retries: 10
    backoff_seconds: 0.5
    backoff: constant
    max_backoff_seconds: 5
    retry_on: [client_error]
    timeout: 1.5
    effect: at_most_once
    url: x
    key: k`;
    expect(step(given)).toMatchObject({
      id: "fetch",
      name: "Fetch it",
      when: [{ field: "a", op: "eq", value: "${b}" }],
      inputFrom: "state.input",
      outputTo: "state.input",
      retry: {
        retries: 10,
        backoffSeconds: 0.5,
        backoff: "constant",
        maxBackoffSeconds: 5,
        retryOn: ["client_error"],
      },
      timeoutSeconds: 1.5,
      effect: "at_most_once",
      params: { url: "x", key: "k" },
    });
  });

  test.each([
    ["inject: true", { outputTo: "answer", inject: true }],
    ["inject: false", { outputTo: "answer", inject: false }],
    ["inject: a.b", { outputTo: "a.b", inject: false }],
    ["inject: true\n    output_to: c", { outputTo: "c", inject: true }],
  ])("%s", (keys, expected) => {
    expect(step(`type: call\n    url: x\n    ${keys}`)).toMatchObject(expected);
  });

  test.each([
    ["", "fail"],
    ["drop_on_failure: true", "drop"],
    ["drop_on_failure: true, swallow_on_error: true", "drop"],
    ["drop_on_failure: false", "continue_with_error"],
    ["drop_on_failure: false, swallow_on_error: true", "continue_with_null"],
    ["drop_on_failure: false, swallow_on_error: true, raw_on_error: true", "continue_with_error"],
    ["swallow_on_error: true", "continue_with_null"],
    ["swallow_on_error: true, raw_on_error: true", "continue_with_error"],
    ["swallow_on_error: false", "fail"],
    ["retry_propagate: false", "continue_with_null"],
    ["retry_propagate: false, raw_on_error: true", "continue_with_error"],
    ["retry_propagate: true", "fail"],
    ["raw_on_error: true", "fail"],
  ])("after a failure for good, {%s} means %s", (keys, policy) => {
    expect(step(`{ type: call, url: x${keys && `, ${keys}`} }`).onError).toBe(policy);
  });

  test("drop_on_failure belongs to a step whose own parameters have it", () => {
    expect(step("{ type: gate, drop_on_failure: false }")).toMatchObject({
      onError: "fail",
      params: { drop_on_failure: false },
    });
    expect(step("{ type: call, url: x, drop_on_failure: false }").params).not.toHaveProperty(
      "drop_on_failure",
    );
  });

  test.each([
    [
      "steps with an effect take them",
      "type: call\n    url: x",
      { retry: { retries: 3 }, onError: "continue_with_null" },
    ],
    ["other steps don't", "type: say", { retry: { retries: 0 }, onError: "fail" }],
    ["the step's own keys win", "type: call\n    url: x\n    retries: 1", { retry: { retries: 1 } }],
    [
      "a step that decides about failure decides all of it",
      "type: call\n    url: x\n    drop_on_failure: false",
      { onError: "continue_with_error" },
    ],
    [
      "one that turns a default off does",
      "type: call\n    url: x\n    swallow_on_error: false",
      { onError: "fail" },
    ],
  ])("defaults of the file: %s", (_says, text, expected) => {
    expect(step(text, "defaults: { retries: 3, swallow_on_error: true }\n")).toMatchObject(expected);
  });

  test("a step that names its target overrules a default target", () => {
    const defaults = "defaults: { output_to: shared }\n";
    expect(step("type: call\n    url: x", defaults).outputTo).toBe("shared");
    expect(step("type: call\n    url: x\n    inject: mine", defaults).outputTo).toBe("mine");
  });
});

describe("steps inside steps", () => {
  const nested = `name: a
on_failure:
  - type: say
steps:
  - type: loop
    input_from: items
    steps:
      - type: say
      - type: choose
        else: { steps: [{ type: say, id: other }] }
        if:
          conditions: [{ field: item.ok, op: exists }]
          steps:
            - type: say
  - type: say
`;

  test("are taken out of the parameters, labelled, and numbered in the order of the file", () => {
    const { steps, onFailure } = load(nested);
    const [loop, last] = steps as [StepNode, StepNode];
    const [first, choose] = loop.blocks.steps as [StepNode, StepNode];
    expect(onFailure.map(({ id }) => id)).toEqual(["say_1"]);
    expect([loop.id, first.id, choose.id, last.id]).toEqual(["loop_1", "say_2", "choose_1", "say_5"]);
    expect(choose.blocks.else?.map(({ id }) => id)).toEqual(["other"]);
    expect(choose.blocks.if?.map(({ id, line }) => [id, line])).toEqual([["say_4", 14]]);
    expect(loop.params).toEqual({});
    expect(choose.params).toEqual({ if: { conditions: [{ field: "item.ok", op: "exists" }] }, else: {} });
  });

  test("may be absent or empty where the step allows it", () => {
    const branch = (text: string) =>
      step(`type: choose\n    if: { conditions: [], steps: [] }\n    else: ${text}`).blocks;
    expect(branch("{ steps: }")).toEqual({ if: [], else: [] });
    expect(branch("{}")).toEqual({ if: [] });
    expect(branch("")).toEqual({ if: [] });
  });
});

describe("what is templated", () => {
  test.each([
    ["a number", "limit: ${count}"],
    ["a list", "tags: ${tags}"],
    ["an item of a list", "tags: [a, '${tag}']"],
    ["a member of a set", "method: ${method, GET}"],
    ["a mapping", "headers: ${state.headers}"],
    ["a value of two types", "target: ${target}"],
  ])("a placeholder may stand for %s", (_says, parameter) => {
    expect(() => step(`type: call\n    url: x\n    ${parameter}`)).not.toThrow();
  });

  test("what a step never templates is not looked at", () => {
    expect(step("type: program\n    query: '\"${\" | length'").params.query).toBe('"${" | length');
  });

  test("$${ is text", () => {
    expect(step("type: say\n    text: costs $${ 5").params.text).toBe("costs $${ 5");
  });
});

describe("the environment of a file", () => {
  test("holds declared names, then what is read, and knows what is required", () => {
    const { environment } = file(`environment:
  - PLAIN
  - { name: KEY, secret: true }
  - { name: BASE, default: 5 }
  - UNUSED
steps:
  - type: call
    url: \${env:BASE}/\${env:PLAIN}
    headers: { x: "\${env:KEY, none}" }
    when: [{ field: a, op: eq, value: "\${env:IN_WHEN}" }]
  - type: gate
    conditions: [{ not: { field: a, op: eq, value: "\${env:IN_CONDITION, 1}" } }]
  - type: say
input: { type: cron, cron: 0 0 * * *, payload: { day: "\${env:IN_PAYLOAD}" } }
output: \${env:IN_OUTPUT}`);
    expect(environment).toEqual([
      { name: "PLAIN", secret: false, declared: true, required: true },
      { name: "KEY", secret: true, declared: true, required: false },
      { name: "BASE", secret: false, declared: true, required: false, default: "5" },
      { name: "UNUSED", secret: false, declared: true, required: false },
      { name: "IN_PAYLOAD", secret: true, declared: false, required: true },
      { name: "IN_WHEN", secret: true, declared: false, required: true },
      { name: "CALL_KEY", secret: true, declared: false, required: true },
      { name: "IN_CONDITION", secret: true, declared: false, required: false },
      { name: "GREETING", secret: false, declared: false, required: false },
      { name: "IN_OUTPUT", secret: true, declared: false, required: true },
    ]);
  });

  test("a step's own default is no undeclared read, and a declaration overrules its flag", () => {
    const own = loadWorkflow("name: a\nsteps: [{ type: say }]\n", "a.yaml", fakeSteps);
    expect(own.problems).toEqual([]);
    const declared = file("environment: [{ name: GREETING, secret: true }]\nsteps: [{ type: say }]");
    expect(declared.environment).toEqual([
      { name: "GREETING", secret: true, declared: true, required: false },
    ]);
  });

  test("the stage's name is no secret and needs no declaration", () => {
    const { workflow, problems } = loadWorkflow(
      "name: a\nsteps: [{ type: say, text: '${env:STAGE}' }]\n",
      "a.yaml",
      fakeSteps,
    );
    expect(problems).toEqual([]);
    expect(workflow?.environment).toEqual([
      { name: "STAGE", secret: false, declared: false, required: true },
    ]);
  });
});

describe("a thousand steps", () => {
  test("load, each with its id and line", () => {
    const body = Array.from(
      { length: 1000 },
      (_, index) => `  - type: call\n    url: https://example.com/\${id_${index}}\n    retries: 2\n`,
    );
    const { steps } = file(`steps:\n${body.join("")}`);
    expect(steps).toHaveLength(1000);
    expect(steps[999]).toMatchObject({ id: "call_1000", line: 3 * 999 + 3 });
  });
});
