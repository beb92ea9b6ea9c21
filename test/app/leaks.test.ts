import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createDynamoCache } from "../../lib/adapters/dynamo/dynamo-cache.ts";
import { createDynamoRunStore } from "../../lib/adapters/dynamo/dynamo-run-store.ts";
import { unpack } from "../../lib/adapters/dynamo/packed-value.ts";
import { createLog } from "../../lib/adapters/json-log.ts";
import { describeRun } from "../../lib/app/describe-run.ts";
import { FlowError } from "../../lib/core/flow-error.ts";
import type { Json, JsonObject } from "../../lib/core/json.ts";
import type { Http } from "../../lib/core/ports/http.ts";
import type { Python } from "../../lib/core/ports/python.ts";
import { type Dynalite, startDynalite } from "../support/dynalite.ts";
import { createWorld, runIdOf, type World, type WorldOptions } from "../support/world.ts";

/** Quotes, spaces, letters beyond ASCII, and what JSON, URLs and base64 each write in their own way. */
const SECRET = 'canary/"7f3a"+ä ö%&\\Zq';
const NUMBER = "8675309421";
/** Printed line by line, it is never in one line. */
const LINES = "first-ln\nsecnd-ln";
const ENVIRONMENT: Json = [
  { name: "CANARY", secret: true },
  { name: "PIN", secret: true },
  { name: "LINES", secret: true },
];
const HOST = "https://api.test";

/** The secret as other programs write it. */
const WRITTEN: JsonObject = {
  raw: SECRET,
  json: JSON.stringify({ key: SECRET }),
  json_twice: JSON.stringify(JSON.stringify({ key: SECRET })),
  escaped: [...SECRET].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""),
  base64: Buffer.from(`user:${SECRET}`).toString("base64"),
  base64url: Buffer.from(JSON.stringify({ a: SECRET })).toString("base64url"),
  percent: encodeURIComponent(SECRET),
  percent_small: encodeURIComponent(SECRET).toLowerCase().replace("zq", "Zq"),
  form: String(new URLSearchParams({ key: SECRET })),
  url: String(new URL(`https://host/?key=${SECRET}`)),
  number: Number(NUMBER),
  [SECRET]: `a key, and ${NUMBER}`,
};

/** Every text that would give it away, for a search in all that is kept. */
const TRACES = [
  ...Object.values(WRITTEN).map(String),
  encodeURIComponent(SECRET),
  JSON.stringify(SECRET).slice(1, -1),
  JSON.stringify(JSON.stringify(SECRET).slice(1, -1)).slice(1, -1),
  "canary",
  "\\u0063\\u0061\\u006e",
  NUMBER,
  ...LINES.split("\n"),
  ...[0, 1, 2].map((at) =>
    Buffer.from(`${"x".repeat(at)}canary`)
      .toString("base64")
      .slice(at + 1, 8),
  ),
];

const everySink: JsonObject = {
  environment: ENVIRONMENT,
  steps: [
    { type: "print", text: "key ${env:CANARY}", prefix: "${env:CANARY}", fields: ["name"] },
    { type: "set", values: { kept: "${env:CANARY}", list: ["${env:PIN}", { deep: "x${env:CANARY}y" }] } },
    { type: "print", text: "kept", fields: ["kept", "list"] },
    {
      type: "http_call",
      id: "echo",
      url: `${HOST}/echo`,
      headers: { "X-Key": "key" },
      method: "POST",
      body: { key: "${env:CANARY}" },
      response: "full",
      cache: { ttl: 60, key: "echo" },
    },
    { type: "http_call", id: "injected", url: `${HOST}/echo`, inject: true, output_to: "injected" },
    {
      type: "http_call",
      id: "bad",
      url: `${HOST}/\${env:CANARY}`,
      swallow_on_error: true,
      raw_on_error: true,
    },
    { type: "http_call", id: "long", url: `${HOST}/long`, drop_on_failure: false },
    { type: "http_call", id: "fault", url: `${HOST}/fault`, drop_on_failure: false },
    { type: "http_call", id: "garbage", url: `${HOST}/garbage` },
    { type: "slack_webhook", webhook_url: `${HOST}/slack`, text: "hi", drop_on_failure: false },
    { type: "python_function", code: "def process(x): pass", env: ["CANARY", "LINES"], output_to: "py" },
    {
      type: "for_each",
      input_from: "items",
      item_scope: "isolated",
      on_item_error: "continue",
      output_to: "looped",
      steps: [{ type: "fail", message: "item ${env:CANARY}" }],
    },
    {
      type: "for_each",
      input_from: "list",
      mode: "distributed",
      chunk_size: 1,
      tolerate: { count: 2 },
      output_to: "chunked",
      steps: [
        { type: "set", values: { own: "${item} ${env:CANARY}" } },
        { type: "print", text: "chunk ${own} ${env:CANARY}" },
        { type: "http_call", id: "asked", url: `${HOST}/echo`, output_to: "asked" },
        {
          type: "http_call",
          id: "refused",
          url: `${HOST}/\${env:CANARY}`,
          when: [{ field: "item.deep", op: "exists" }],
        },
      ],
    },
    {
      type: "filter",
      conditions: [{ field: "name", op: "eq", value: "${env:CANARY}" }],
      output_to: "passed",
      drop_on_failure: false,
    },
  ],
  output: { all: "${state}", key: "${env:CANARY}", pin: "${env:PIN}" },
};

const onFailure = [{ type: "print", text: "failed: ${error.message} ${error.details} ${env:CANARY}" }];

const files: { readonly [what: string]: JsonObject } = {
  "every step that succeeds": everySink,
  "a failure, its on_failure and its dead letter": {
    environment: ENVIRONMENT,
    steps: [{ type: "http_call", url: `${HOST}/\${env:CANARY}` }],
    on_failure: onFailure,
  },
  "a failure with words of the file's own": {
    environment: ENVIRONMENT,
    steps: [{ type: "fail", message: "no ${env:CANARY}, ${env:PIN}" }],
    on_failure: onFailure,
  },
  "a fault of ours": {
    environment: ENVIRONMENT,
    steps: [{ type: "http_call", url: `${HOST}/fault` }],
    on_failure: onFailure,
  },
  "a failure that heals": {
    environment: ENVIRONMENT,
    steps: [{ type: "http_call", url: `${HOST}/busy?\${env:CANARY}`, retries: 1 }],
    on_failure: onFailure,
  },
  "the reason of a drop": {
    environment: ENVIRONMENT,
    steps: [{ type: "http_call", url: `${HOST}/\${env:CANARY}`, drop_on_failure: true }],
  },
  "the reason of a stop": {
    environment: ENVIRONMENT,
    steps: [{ type: "stop", message: "enough ${env:CANARY}" }],
  },
  "an output that cannot be rendered": {
    environment: ENVIRONMENT,
    strict: true,
    steps: [{ type: "set", values: { a: "${env:CANARY}" } }],
    output: "${env:CANARY} ${missing}",
  },
};

const HTTP: readonly Json[] = [
  { url: `${HOST}/echo`, headers: { "x-echo": `Bearer ${encodeURIComponent(SECRET)}` }, body: WRITTEN },
  { url: `${HOST}/long`, status: 400, body: `${"x".repeat(190)}${SECRET}${"x".repeat(3870)}${SECRET}` },
  {
    url: `${HOST}/garbage`,
    headers: { "content-type": `application/${encodeURIComponent(SECRET)}+json` },
    body: "{",
  },
  { url: `${HOST}/slack`, status: 403, body: `no_team ${encodeURIComponent(SECRET)}` },
  { url: `${HOST}/busy*`, status: 503, body: WRITTEN.json as string },
  { url: `${HOST}/*`, status: 400, body: WRITTEN.json as string },
];

/** Prints and raises what it was given to read. */
const python: Python = {
  async run({ env }) {
    const key = String(env.CANARY);
    const lines = `${key}\n${JSON.stringify(key)}\n${env.LINES}\nend`.split("\n");
    return {
      printed: lines,
      value: { printed: lines.join("\n"), repr: JSON.stringify(JSON.stringify(key)) },
    };
  },
  endRun() {},
};

/** A fault whose message, stack and cause quote a secret. */
function faulty(http: Http): Http {
  return {
    send(request) {
      if (!request.url.endsWith("/fault")) return http.send(request);
      throw new TypeError(`cannot read ${SECRET} of ${JSON.stringify(WRITTEN)}`, {
        cause: new FlowError("internal", SECRET),
      });
    },
  };
}

async function played(
  file: JsonObject,
  more: Partial<WorldOptions> = {},
): Promise<{ world: World; runId: string; lines: string[] }> {
  const lines: string[] = [];
  const world = createWorld({
    file,
    http: HTTP,
    python,
    secrets: { CANARY: SECRET, PIN: NUMBER, LINES },
    wrapHttp: faulty,
    maxReceiveCount: 2,
    ...more,
  });
  const log = createLog({ service: "runner", level: "DEBUG", write: (line) => lines.push(line) });
  Object.assign(world.runner, { log });
  const runId = runIdOf(await world.post({ name: "Ada", items: [1, 2] }));
  await world.settle();
  return { world, runId, lines };
}

function expectNoTrace(what: string, text: string): void {
  const found = TRACES.filter((trace) => text.includes(trace));
  if (found.length === 0) return;
  const at = text.indexOf(found[0] as string);
  throw new Error(`${what} shows the secret: …${text.slice(Math.max(0, at - 200), at + 60)}…`);
}

const blanksIn = (text: string) => text.split("***").length - 1;

describe("a secret that a workflow leaks wherever it can shows nowhere:", () => {
  let dynalite: Dynalite;
  beforeAll(async () => {
    dynalite = await startDynalite();
  });
  afterAll(() => dynalite.stop());

  for (const [what, file] of Object.entries(files)) {
    test(`${what}, in memory`, async () => {
      const { world, runId, lines } = await played(file);
      const run = await world.run(runId);
      const kept = JSON.stringify([run, describeRun(run)]);
      expectNoTrace("the run", kept);
      expectNoTrace("the log", lines.join("\n"));
      expectNoTrace("a dead letter", JSON.stringify(world.queue.deadLetters));
      expect(blanksIn(kept)).toBeGreaterThan(0);
    });

    test(`${what}, in the table`, async () => {
      const table = await dynalite.createTable();
      const client = dynalite.client();
      const { runId, world } = await played(file, {
        wrapStore: (_store, clock) => createDynamoRunStore({ client, table, now: clock.now }),
        wrapCache: () => createDynamoCache({ client, table }),
      });
      const { Items = [] } = await client.send(new ScanCommand({ TableName: table }));
      expect(Items.some(({ pk }) => pk?.S === `run#${runId}`)).toBe(true);
      if (file === everySink) expect(Items.some(({ pk }) => pk?.S?.startsWith("cache#"))).toBe(true);
      for (const item of Items)
        for (const [name, value] of Object.entries(item)) {
          const text = value.B ? Buffer.from(unpack(value.B)).toString("latin1") : JSON.stringify(value);
          expectNoTrace(`${item.sk?.S} ${name}`, text);
          expectNoTrace(`${item.sk?.S} ${name}`, Buffer.from(text, "latin1").toString());
        }
      expect((await world.run(runId)).status).not.toBe("queued");
    });
  }

  test("the canaries sing where nothing is blanked", async () => {
    const plain = [{ name: "CANARY" }, { name: "PIN" }, { name: "LINES" }];
    const { world, runId, lines } = await played({ ...everySink, environment: plain });
    const kept = JSON.stringify(await world.run(runId));
    for (const text of [kept, lines.join("\n")])
      expect(() => expectNoTrace("this", text)).toThrow("shows the secret");
  });
});
