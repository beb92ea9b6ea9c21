import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { describeRun, type RunView } from "../../lib/app/describe-run.ts";
import type { FunctionName } from "../../lib/build/build-bundles.ts";
import { writeRunnerCatalog } from "../../lib/build/write-catalogs.ts";
import { FRONT_HEADERS } from "../../lib/core/front-headers.ts";
import type { Workflow } from "../../lib/core/workflow.ts";
import { loadWorkflow } from "../../lib/language/load-workflow.ts";
import { type Deployment, deploy, FRONT_KEY } from "../support/deployment.ts";
import { inboxMessage, OBJECT_EVENT, sqsEvent, tick } from "../support/inbox-messages.ts";

const orders = `
name: orders
steps:
  - type: filter
    conditions: [{ field: lines, op: not_empty }]
  - type: jq
    query: '{ total: (.lines | map(.price) | add), largest: .id }'
    output_to: summary
`;
const letters = `
name: letters
environment:
  - MODEL_URL
  - { name: OPENAI_API_KEY, secret: true }
steps:
  - type: http_call
    url: \${env:MODEL_URL}/customer
    output_to: customer
  - type: openai_completion
    base_url: \${env:MODEL_URL}
    model: test-model
    prompt: Greet \${customer.name}
    output_to: letter
`;
const nightly = `
name: nightly
input: { type: cron, cron: "30 2 * * *", overlap: skip, payload: { report: sales } }
steps:
  - { type: add_timestamp }
`;
const reports = `
name: reports
steps:
  - type: python_function
    code: |
      import os
      def process(event):
          return {"next": event["id"] + 1, "seen": sorted(os.environ)}
`;
const scores = `
name: scores
environment: [MODEL_URL]
steps:
  - type: http_call
    url: \${env:MODEL_URL}/score
    cache: { ttl: 60 }
`;
const bills = `
name: bills
input: { type: email, to: bills@in.example.com }
steps:
  - { type: add_timestamp }
`;
const workflows = [orders, letters, nightly, reports, scores, bills].map((text) => {
  const { workflow, problems } = loadWorkflow(text, "test.yaml");
  if (!workflow) throw new Error(problems.map(({ message }) => message).join("; "));
  return workflow;
});
const workflowOf = (name: string) => workflows.find((one) => one.name === name) as Workflow;

/** Requests for a score, and what they wait for. */
let scored = 0;
const score = Promise.withResolvers<void>();
let world: Server;
let deployment: Deployment;

beforeAll(async () => {
  world = createServer(async (request, response) => {
    if (request.url === "/score") {
      scored += 1;
      await score.promise;
    }
    const answer = request.url?.startsWith("/chat/completions")
      ? {
          model: "test-model",
          choices: [{ finish_reason: "stop", message: { role: "assistant", content: "Dear Ada" } }],
          usage: { prompt_tokens: 7, completion_tokens: 2 },
        }
      : { name: "Ada" };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  });
  world.listen(0, "127.0.0.1");
  await once(world, "listening");
  deployment = await deploy(workflows, {
    env: {
      HOOKLINE_ALLOW_PRIVATE_HOSTS: "127.0.0.1",
      MODEL_URL: `http://127.0.0.1:${(world.address() as AddressInfo).port}`,
    },
    secrets: { OPENAI_API_KEY: "sk-of-the-test" },
  });
});

afterAll(async () => {
  await deployment.stop();
  world.closeAllConnections();
  world.close();
});

async function post(workflow: string, body: string): Promise<string> {
  const answer = await deployment.functions.ingest.invoke(deployment.delivery(workflow, body));
  expect(answer).toMatchObject({ statusCode: 202 });
  return JSON.parse((answer as { body: string }).body).run_id;
}

/** Hands the runner messages of the queue up to the one of this run. */
async function runMessageOf(runId: string): Promise<void> {
  for (;;) {
    const event = await deployment.nextMessage();
    if (!event) throw new Error(`the queue has no message of run ${runId}`);
    expect(await deployment.functions.runner.invoke(event)).toEqual({ batchItemFailures: [] });
    if (event.Records[0]?.body.includes(runId)) return;
  }
}

async function viewOf(runId: string): Promise<RunView | undefined> {
  const run = await deployment.store.get(runId);
  return run && describeRun(run);
}

test("a webhook is accepted, and its message runs the workflow to its end, jq and exact numbers included", async () => {
  const runId = await post("orders", '{"id": 12345678901234567890, "lines": [{"price": 2}, {"price": 40}]}');
  expect(await viewOf(runId)).toMatchObject({ status: "queued" });
  await runMessageOf(runId);
  const run = await viewOf(runId);
  expect(run).toMatchObject({ status: "succeeded", error: null, state: { summary: { total: 42 } } });
  expect(JSON.stringify(run?.output)).toContain('"largest":12345678901234567890');
});

test("a run calls the world and a model through the guarded client, with the stage's secrets", async () => {
  const runId = await post("letters", "{}");
  await runMessageOf(runId);
  expect(await viewOf(runId)).toMatchObject({
    status: "succeeded",
    error: null,
    state: {
      customer: { name: "Ada" },
      letter: "Dear Ada",
      letter_usage: { input_tokens: 7, output_tokens: 2 },
    },
  });
});

test("a run calls Python in its own process, which sees nothing of the function's environment", async () => {
  const runId = await post("reports", '{"id": 12345678901234567890}');
  await runMessageOf(runId);
  const run = await viewOf(runId);
  expect(run).toMatchObject({
    status: "succeeded",
    error: null,
    state: { seen: ["HOOKLINE_STAGE", "etlr_stage"] },
  });
  expect(JSON.stringify(run?.output)).toContain('"next":12345678901234567891');
});

test("runs in two processes that want the same result make one call", async () => {
  const other = await deployment.start("runner", {});
  const processes = [deployment.functions.runner, other];
  const runIds = await Promise.all(Array.from({ length: 10 }, () => post("scores", "{}")));
  const records = (await Promise.all(runIds.map(deployment.nextMessage))).flatMap(
    (event) => event?.Records ?? [],
  );
  const invocations = processes.map((runner, index) =>
    runner.invoke({ Records: records.filter((_record, at) => at % 2 === index) }),
  );
  const runs = () => Promise.all(runIds.map(viewOf));
  while ((await runs()).some((run) => run?.status === "queued"));
  score.resolve();
  expect(await Promise.all(invocations)).toEqual([{ batchItemFailures: [] }, { batchItemFailures: [] }]);
  const statuses = (await runs()).map((run) => run?.steps[0]?.status);
  expect(statuses.sort()).toEqual([...Array(9).fill("cached"), "ok"]);
  expect(scored).toBe(1);
  await other.stop();
});

test("an event is run as it was accepted by a runner of a later deploy, which carries another version", async () => {
  const catalog = await mkdtemp(join(tmpdir(), "hookline-later-"));
  writeRunnerCatalog(catalog, [{ ...workflowOf("orders"), hash: "00".repeat(32), steps: [] }]);
  const later = await deployment.start("runner", { HOOKLINE_CATALOG_DIR: catalog });
  const runId = await post("orders", '{"id": 1, "lines": [{"price": 5}]}');
  const message = await deployment.nextMessage();
  expect(message?.Records[0]?.body).toContain(runId);
  expect(await later.invoke(message)).toEqual({ batchItemFailures: [] });
  expect(await viewOf(runId)).toMatchObject({ status: "succeeded", state: { summary: { total: 5 } } });
  await later.stop();
  await rm(catalog, { recursive: true });
});

test("a wrong hash is a 404 with an empty body", async () => {
  const event = deployment.delivery("orders", "{}");
  const answer = await deployment.functions.ingest.invoke({
    ...event,
    rawPath: event.rawPath.replace(/.$/, "x"),
  });
  expect(answer).toEqual({ statusCode: 404, body: "" });
});

test("behind a firewall what does not come through it is that too, and what comes through is taken", async () => {
  const walled = await deployment.start("ingest", { HOOKLINE_FRONT_OPEN: undefined });
  const event = deployment.delivery("orders", '{"lines": []}');
  expect(await walled.invoke(event)).toEqual({ statusCode: 404, body: "" });
  const { key, senderAddress, askedHost } = FRONT_HEADERS;
  const through = { [key]: FRONT_KEY, [senderAddress]: "203.0.113.7", [askedHost]: "hooks.example.com" };
  const headers = { ...event.headers, ...through };
  expect(await walled.invoke({ ...event, headers })).toMatchObject({ statusCode: 202 });
  await deployment.nextMessage();
  await walled.stop();
});

test("a schedule's tick starts a run of its payload, one run however often it comes", async () => {
  const event = sqsEvent(tick("2026-11-23T02:30:00Z", "nightly"));
  expect(await deployment.functions.inbox.invoke(event)).toEqual({ batchItemFailures: [] });
  const message = await deployment.nextMessage();
  await deployment.functions.runner.invoke(message);
  const { run_id: runId } = JSON.parse(message?.Records[0]?.body ?? "");
  expect(await viewOf(runId)).toMatchObject({
    status: "succeeded",
    workflow: "nightly",
    state: { report: "sales" },
  });
  expect(await deployment.functions.inbox.invoke(event)).toEqual({ batchItemFailures: [] });
  await runMessageOf(runId);
  expect(await viewOf(runId)).toMatchObject({ status: "succeeded", attempts: 1 });
});

test("a mail is read from where SES left it, and starts a run", async () => {
  const key = "bills/o3vrnil0e2ic28trm7dfhrc2v0clambda4nbp0g1";
  deployment.putObject("mails", key, "From: ada@example.com\r\nSubject: Invoice\r\n\r\nPlease pay.\r\n");
  const event = { ...OBJECT_EVENT, detail: { bucket: { name: "mails" }, object: { key } } };
  const message = sqsEvent(inboxMessage({ source: "hookline.event", workflow: "bills", event }));
  expect(await deployment.functions.inbox.invoke(message)).toEqual({ batchItemFailures: [] });
  const delivered = await deployment.nextMessage();
  await deployment.functions.runner.invoke(delivered);
  const { run_id: runId } = JSON.parse(delivered?.Records[0]?.body ?? "");
  expect(await viewOf(runId)).toMatchObject({
    status: "succeeded",
    workflow: "bills",
    state: { from: { address: "ada@example.com" }, subject: "Invoice", text: "Please pay.\n" },
  });
});

test("the sweeper enqueues a run whose message was lost", async () => {
  const runId = await deployment.loseMessage(workflowOf("orders"), '{"lines": [{"price": 1}]}');
  expect(await deployment.functions.sweeper.invoke({})).toEqual({ enqueued: 1 });
  await runMessageOf(runId);
  expect(await viewOf(runId)).toMatchObject({ status: "succeeded", state: { summary: { total: 1 } } });
});

test.each<[FunctionName, string]>([
  ["ingest", "HOOKLINE_TABLE"],
  ["inbox", "HOOKLINE_INBOX_ARN"],
  ["runner", "HOOKLINE_SECRETS_ID"],
  ["sweeper", "HOOKLINE_QUEUE_URL"],
])("%s does not start without %s, and says so", async (name, variable) => {
  await expect(deployment.start(name, { [variable]: undefined })).rejects.toThrow(`${variable} is missing`);
});
