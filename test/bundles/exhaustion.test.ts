import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { SQSRecord } from "aws-lambda";
import { describeRun } from "../../lib/app/describe-run.ts";
import { loadWorkflow } from "../../lib/language/load-workflow.ts";
import { type Deployment, deploy } from "../support/deployment.ts";
import type { LambdaProcess } from "../support/lambda-process.ts";
import { type LoopbackServer, startLoopbackServer } from "../support/loopback-server.ts";

/** Two texts of 60 MB, written as JSON, on a heap of 160 MB. */
const MEMORY = `name: memory
steps:
  - { type: set, values: { one: "${"${text}".repeat(15)}", two: "${"${text}".repeat(15)}" } }
  - { type: print, text: done }
`;
/** Each condition reads 4 MB a character at a time, and a filter asks them all in one go: longer than an invocation lasts. */
const TIME = `name: time
steps:
  - { type: set, values: { begun: true } }
  - type: filter
    conditions:
${'      - { not: { field: text, op: matches, value: "(?:a?){30}a{30}b" } }\n'.repeat(50)}
`;
const NEIGHBOUR = `name: neighbour
environment: [PROVIDER]
steps:
  - { type: http_call, method: POST, url: "\${env:PROVIDER}/orders/\${id}", timeout: 0.5, output_to: order }
  - { type: print, text: done }
`;
const workflows = [MEMORY, TIME, NEIGHBOUR].map((text) => {
  const { workflow, problems } = loadWorkflow(text, "test.yaml");
  if (!workflow) throw new Error(problems.map(({ message }) => message).join("; "));
  return workflow;
});

let provider: LoopbackServer;
let deployment: Deployment;

beforeAll(async () => {
  provider = await startLoopbackServer((_request, response) => response.end("1"));
  deployment = await deploy(workflows, {
    env: { HOOKLINE_ALLOW_PRIVATE_HOSTS: "127.0.0.1", PROVIDER: provider.origin },
    secrets: {},
    invocationSeconds: 2,
  });
});
afterAll(async () => {
  await deployment.stop();
  await provider.stop();
});

async function post(workflow: string, event: object): Promise<string> {
  const answer = await deployment.functions.ingest.invoke(
    deployment.delivery(workflow, JSON.stringify(event)),
  );
  return JSON.parse((answer as { body: string }).body).run_id;
}

/** Up to ten messages, those of runs that should have moved among them. */
async function batch(): Promise<readonly SQSRecord[]> {
  await deployment.functions.sweeper.invoke({});
  const records: SQSRecord[] = [];
  while (records.length < 10) {
    const [record] = (await deployment.nextMessage())?.Records ?? [];
    if (!record) break;
    records.push(record);
  }
  return records;
}

/** Invokes runners as Lambda does, a new process after each that died, until every run has ended. Gives the number of deaths. */
async function runToTheEnd(runIds: readonly string[]): Promise<number> {
  const start = () => deployment.start("runner", { NODE_OPTIONS: "--max-old-space-size=160" });
  let runner: LambdaProcess = await start();
  let deaths = 0;
  try {
    for (;;) {
      const statuses = await Promise.all(runIds.map((runId) => deployment.store.status(runId)));
      if (statuses.every((status) => status === "succeeded" || status === "failed")) return deaths;
      const Records = await batch();
      if (Records.length === 0) continue;
      try {
        await runner.invoke({ Records });
      } catch {
        deaths += 1;
        await runner.stop();
        runner = await start();
      }
    }
  } finally {
    await runner.stop();
  }
}

const poison = (step: string) => ({
  status: "failed",
  error: { class: "internal", step, message: expect.stringContaining("died twice at this step") },
});

test("P2 P9 of ten runs in a batch one exhausts the memory and one the time: each dies twice and is failed with its step, the others succeed", async () => {
  const text = "abcdefgh ij ".repeat(340_000);
  const runIds: string[] = [];
  for (let id = 0; id < 10; id += 1) {
    const workflow = id === 3 ? "memory" : id === 6 ? "time" : "neighbour";
    runIds.push(await post(workflow, workflow === "neighbour" ? { id } : { text }));
  }
  // Once beside the others, whichever was first, and once each alone.
  expect(await runToTheEnd(runIds)).toBe(3);
  const runs = await Promise.all(runIds.map((runId) => deployment.store.get(runId)));
  const views = runs.map((run) => run && describeRun(run));
  expect([views[3], views[6]]).toMatchObject([poison("0"), poison("1")]);
  const neighbours = views.filter((view) => view?.workflow === "neighbour");
  expect(neighbours.map((view) => view?.status)).toEqual(Array(8).fill("succeeded"));
  const keys = provider.seen.map(({ url, headers }) => `${url} ${headers["idempotency-key"]}`);
  expect(new Set(keys).size).toBe(8);
  const letters = await deployment.deadLetters();
  expect(letters.map(({ reason_class, reason_step }) => [reason_class, reason_step]).sort()).toEqual([
    ["internal", "0"],
    ["internal", "1"],
  ]);
});
