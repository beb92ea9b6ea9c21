import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createJq } from "../../lib/adapters/jq/jq-worker-pool.ts";
import { createPython } from "../../lib/adapters/python/python-pool.ts";
import { Coverage } from "../../lib/testing/coverage.ts";
import { oneInterpreter } from "../../lib/testing/one-interpreter.ts";
import { runTestFile } from "../../lib/testing/run-test-file.ts";

const jq = createJq();
const pool = createPython({ spare: false });
const interpreters = { jq, python: oneInterpreter(pool) };
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hookline-cases-"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await Promise.all([jq.close(), pool.close()]);
});

const indent = (text: string, by: number) => text.trim().replaceAll(/^/gm, " ".repeat(by));

/** What one case of a workflow with these steps says that is not so; empty when it passes. */
async function failuresOf(
  steps: string,
  body: string,
  more: { [file: string]: string } = {},
): Promise<string[]> {
  writeFileSync(
    join(folder, "flow.yaml"),
    `${more.head ?? ""}\nsteps:\n${indent(steps, 2)}\n${more.tail ?? ""}\n`,
  );
  writeFileSync(join(folder, "flow.test.yaml"), `cases:\n  - name: one\n${indent(body, 4)}\n`);
  for (const [file, text] of Object.entries(more))
    if (file.includes(".")) writeFileSync(join(folder, file), text);
  const { problems, cases } = await runTestFile(join(folder, "flow.test.yaml"), {
    ...interpreters,
    coverage: new Coverage(),
  });
  const errors = problems.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  return cases.flatMap(({ failures }) =>
    failures.map(({ what, expected, found, message }) => message ?? `${what}: ${expected}, got ${found}`),
  );
}

const ASK = `- { type: http_call, id: ask, url: "https://api.test/a", retries: 3, backoff_seconds: 2, timeout: 5, output_to: a }`;
const TWO = `
- { type: http_call, id: first, url: "https://api.test/1?q=x&q=y&z=1", output_to: a }
- { type: http_call, id: second, method: POST, url: "https://api.test/2", body: { n: 2 }, output_to: b }`;
const BOTH = "given: { answers: [{ call: https://api.test/*, body: 1, times: 2 }] }\nexpect:\n";
const PRINT = `- { type: print, id: note, text: "hello \${name}" }`;

describe("answers", () => {
  test.each([
    [
      "come attempt by attempt",
      "[{ status: 503, headers: { retry-after: 9 } }, { error: connection }, { body: 7 }]",
      "{ a: 7 }",
      "[9, 4]",
    ],
    [
      "of a reset connection and of garbage are what they are",
      `[{ error: connection }, { body: "<garbage" }]`,
      `{ a: "<garbage" }`,
      "[2]",
    ],
    [
      "that take longer than the step's timeout are timeouts",
      "[{ delay_seconds: 6, body: 1 }, { delay_seconds: 4, body: 2 }]",
      "{ a: 2 }",
      "[2]",
    ],
    [
      "of many digits keep them",
      "[{ body: { n: 12345678901234567890 } }]",
      "{ a: { n: 12345678901234567890 } }",
      "[]",
    ],
  ])("%s", async (_name, answers, state, waits) => {
    const body = `given: { answers: [{ step: ask, answers: ${answers} }] }\nexpect: { state: ${state}, waits: ${waits} }`;
    expect(await failuresOf(ASK, body)).toEqual([]);
  });

  test("of the case come before those of defaults, and only the case's own must be asked for", async () => {
    const own = "given: { answers: [{ step: ask, body: 1 }, { step: ask, body: 2 }] }";
    expect(await failuresOf(ASK, own)).toEqual([
      "never asked for: ask: answer 1 of 1 was given 0 of 1 times",
    ]);
  });

  test("of another kind than the call's are none", async () => {
    const failures = await failuresOf(
      ASK,
      "given: { answers: [{ step: ask, text: Hi }] }\nexpect: { status: failed }",
    );
    expect(failures[0]).toContain("no answer for GET https://api.test/a (by ask)");
  });

  test("of a step that runs in a loop may be told apart by its place", async () => {
    const loop = `
- type: for_each
  input_from: ids
  item_scope: isolated
  output_to: out
  result_from: a
  steps: [{ type: http_call, id: ask, url: "https://api.test/\${item}", output_to: a }]`;
    const body = `given:
  event: { ids: [1, 2] }
  answers: [{ step: 0.items.1.0, body: two }, { step: ask, body: one }]
expect: { state: { out: [one, two] }, steps: { ask: [ok, ok] } }`;
    expect(await failuresOf(loop, body)).toEqual([]);
  });

  test("with output stand for a step that is not run, and errors beside them for its failures", async () => {
    const salesforce = `
- { type: salesforce, operation: query, soql: SELECT Id FROM Account, username: u, password: p, security_token: t, retries: 1, output_to: found }`;
    const body = `given: { answers: [{ step: salesforce_1, answers: [{ error: server_error }, { output: { records: [] } }] }] }
expect: { state: { found: { records: { $length: 0 } } }, steps: { salesforce_1: { attempts: 2 } }, calls: { exactly: [] } }`;
    expect(await failuresOf(salesforce, body)).toEqual([]);
  });

  test("with delays make items that run at once end in the order of their times", async () => {
    const loop = `
- type: for_each
  input_from: ids
  item_scope: isolated
  steps:
    - { type: http_call, id: ask, url: "https://api.test/\${item}", output_to: a }
    - { type: jq, query: ".a", output_to: a }
    - { type: http_call, id: told, url: "https://api.test/told/\${item}" }`;
    const body = `given:
  event: { ids: [1, 2, 3] }
  answers:
    - { call: https://api.test/1, delay_seconds: 3, body: 1 }
    - { call: https://api.test/2, delay_seconds: 1, body: 2 }
    - { call: https://api.test/3, delay_seconds: 2, body: 3 }
    - { step: told, body: ok }
expect: { calls: { exactly: [ask, ask, ask, GET https://api.test/told/2, GET https://api.test/told/3, GET https://api.test/told/1] }, waits: [] }`;
    for (let round = 0; round < 5; round += 1) expect(await failuresOf(loop, body)).toEqual([]);
  });
});

describe("a run that a step starts", () => {
  const parent = `- { type: run_workflow, id: child, name: child, event: { n: 1 }, output_to: got }`;
  test("is a real one where its file stands beside, with answers for its steps", async () => {
    const child = `name: child\nsteps: [{ type: http_call, id: deep, url: "https://api.test/deep", output_to: d }]\noutput: { deep: "\${d}" }\n`;
    const body = "given: { answers: [{ step: deep, body: 5 }] }\nexpect: { state: { got: { deep: 5 } } }";
    expect(await failuresOf(parent, body, { "child.yaml": child })).toEqual([]);
  });

  test.each([
    [
      "its output",
      "{ step: child, output: { deep: 6 }, meta: { status: succeeded } }",
      "state: { got: { deep: 6 }, got_meta: { status: succeeded } }",
    ],
    ["its failure", "{ step: child, error: client_error }", "error: { class: client_error, step: child }"],
  ])("is answered by %s", async (_name, answer, expected) => {
    expect(await failuresOf(parent, `given: { answers: [${answer}] }\nexpect: { ${expected} }`)).toEqual([]);
  });
});

describe("what is given", () => {
  const seen = `- { type: set, values: { seen: "\${input}", at: "\${request.received_at}", who: "\${request.headers.x-who}", q: "\${request.query.q}", stage: "\${workflow.stage}" } }`;
  test.each([
    ["is an empty event by default", "", "seen: { $equals: {} }, stage: test"],
    ["is an event from a file", "event_file: event.json", "seen: { from: file }"],
    [
      "is a form",
      "body: a=1&b=2&b=3, content_type: application/x-www-form-urlencoded",
      `seen: { a: "1", b: ["2", "3"] }`,
    ],
    ["is text", "body: hi, content_type: text/plain; charset=utf-8", "seen: hi"],
    ["is bytes", "base64: /w==, content_type: image/png", "seen: { base64: /w==, content_type: image/png }"],
    [
      "has a request, a stage and a time",
      `request: { headers: { X-Who: me }, query: { q: "1" } }, stage: prod, now: 2026-11-23T10:00:00+01:00`,
      `who: me, q: "1", stage: prod, at: 2026-11-23T09:00:00.000Z`,
    ],
  ])("%s", async (_name, given, state) => {
    const body = `given: { ${given} }\nexpect: { state: { ${state} } }`;
    expect(await failuresOf(seen, body, { "event.json": '{"from":"file"}' })).toEqual([]);
  });

  test("is the payload of a schedule", async () => {
    const head = "input: { type: cron, cron: '0 5 * * *', payload: { day: yesterday } }";
    expect(await failuresOf(seen, "expect: { state: { seen: { day: yesterday } } }", { head })).toEqual([]);
  });

  test.each([
    ["event_file: nothing.json", "nothing.json cannot be read: there is no such file"],
    ["event_file: flow.yaml", "flow.yaml is not JSON: "],
    ["body: '{', content_type: application/json", "the body is not JSON: "],
  ])("fails the case where it is wrong: %s", async (given, said) => {
    expect(await failuresOf(seen, `given: { ${given} }`)).toEqual([expect.stringContaining(said)]);
  });

  test("may be earlier runs, which fill the cache", async () => {
    const cached = `- { type: openai_completion, id: greet, api_key: key-1, prompt: "\${city}", cache: { ttl: 60 } }`;
    const body = `given:
  earlier: [{ city: Rome }]
  event: { city: Rome }
  answers: [{ step: greet, text: Ciao, usage: { input_tokens: 1, cost_usd: 0.5 } }]
expect: { steps: { greet: cached }, cost_usd: 0, saved_usd: 0.5, calls: { exactly: [greet] } }`;
    expect(await failuresOf(cached, body)).toEqual([]);
  });
});

describe("calls", () => {
  test.each([
    ["in this order, others between them", "calls: [second]"],
    ["by id, by METHOD URL, or as a mapping", `calls: [first, "POST https://api.test/2"]`],
    [
      "with query, headers in any case, and body",
      `calls: [{ step: first, query: { q: [x, y], z: "1" } }, { call: "* https://api.test/2", headers: { CONTENT-TYPE: { $contains: json } }, body: { n: 2 } }]`,
    ],
    ["exactly", "calls: { exactly: [first, second] }"],
    ["that were not made", `not_called: [third-one-of-none/*, "GET https://api.test/2"]`],
  ])("are stated %s", async (_name, expected) => {
    expect(await failuresOf(TWO, `${BOTH}  ${expected}`)).toEqual([]);
  });

  test.each([
    ["calls: [second, first]", "calls.1: first, got after the calls before it: no call"],
    [
      "calls: { exactly: [first] }",
      "calls: 1 calls, got 2: GET https://api.test/1?q=x&q=y&z=1 (by first), POST https://api.test/2 (by second)",
    ],
    ["calls: [{ step: second, body: { n: 3 } }]", "calls.0.body.n: 3, got 2"],
    [
      "calls: { exactly: [first, { step: second, method: PUT }] }",
      'calls.exactly.1.method: "PUT", got "POST"',
    ],
    ["not_called: [second]", "not_called: no call: second, got POST https://api.test/2 (by second)"],
    [
      "calls: [DELETE https://api.test/1]",
      "calls.0: DELETE https://api.test/1, got GET https://api.test/1?q=x&q=y&z=1 (by first), POST https://api.test/2 (by second)",
    ],
  ])("that differ are told: %s", async (expected, said) => {
    expect(await failuresOf(TWO, `${BOTH}  ${expected}`)).toEqual([said]);
  });
});

describe("how a run ended", () => {
  test.each([
    [
      "a failure nobody expects is told with its step",
      "- { type: fail, id: no, message: not today }",
      "",
      ["status: succeeded, got failed: refused at no: not today"],
    ],
    [
      "an error states that it failed",
      "- { type: fail, id: no, message: not today }",
      "error: { step: no, message: { $contains: today } }",
      [],
    ],
    [
      "an error of another class is told",
      "- { type: fail, id: no, message: not today }",
      "error: { class: timeout }",
      ['error.class: "timeout", got "refused"'],
    ],
    [
      "a drop has a reason",
      "- { type: filter, conditions: [{ field: x, op: exists }] }",
      "status: dropped, reason: { $contains: x }",
      [],
    ],
  ])("%s", async (_name, steps, expected, said) => {
    const failures = await failuresOf(steps, `expect: { ${expected} }`);
    expect(failures).toEqual(said);
  });

  test("on_failure runs and is stated like any step", async () => {
    const tail = `on_failure:\n  - { type: http_call, id: alarm, method: POST, url: "https://api.test/alarm", body: "\${error.class}" }`;
    const body = `given: { answers: [{ step: ask, status: 404 }, { step: alarm, body: ok }] }
expect: { error: { class: client_error, step: ask }, calls: [ask, { step: alarm, body: client_error }] }`;
    expect(await failuresOf(ASK, body, { tail })).toEqual([]);
  });
});

describe("steps and lines", () => {
  test.each([
    ["steps: { note: ok, when: not_run }", ["error"]],
    ["steps: { note: skipped }", ['steps.note: "skipped", got "ok"']],
    ["steps: { note: [ok, ok] }", ["steps.note: 2 runs, got 1"]],
    ["steps: { note: { warnings: [{ $contains: name }] } }", []],
    ["logs: [hello, { message: ello, level: info, step: note }], warnings: [name]", []],
    ["logs: [bye]", [expect.stringContaining('logs.0: {"message":{"$contains":"bye"}}, got {"step":"note"')]],
    ["warnings: [other]", [expect.stringContaining('warnings.0: {"$contains":"other"}')]],
    ["waits: [1]", ["waits: [1], got []"]],
    ["cost_usd: { $gt: 0 }", ['cost_usd: {"$gt":0}, got 0']],
  ] as const)("%s", async (expected, said) => {
    const failures = failuresOf(PRINT, `expect: { ${expected} }`);
    if (said[0] === "error") await expect(failures).rejects.toThrow('has no step \\"when\\"');
    else expect(await failures).toEqual(said);
  });
});

test("waits of a year take no time, and Python is real", async () => {
  const steps = `
- { type: add_timestamp, output_to: before }
- { type: wait, seconds: 31536000 }
- { type: add_timestamp, output_to: after }
- { type: python_function, code: "def process(s):\\n    return {**s, 'years': int(s['after'][:4]) - int(s['before'][:4])}" }`;
  const body =
    "given: { now: 2026-03-01T00:00:00Z }\nexpect: { waits: [31536000], state: { years: 1, after: 2027-03-01T00:00:00.000Z } }";
  expect(await failuresOf(steps, body)).toEqual([]);
});
