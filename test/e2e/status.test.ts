import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { createEmfMetrics } from "../../lib/adapters/metrics/emf-metrics.ts";
import { startSecretsServer } from "../../lib/local/secrets-server.ts";
import { hookline } from "../cli/hookline-process.ts";
import { type CloudWatchServer, startCloudWatchServer } from "../support/cloudwatch-server.ts";
import { type StackProcess, stackFolder, startStack } from "./stack-process.ts";

const FAILS = "name: fails\nversion: 1.0.0\nsteps:\n  - { type: fail, message: no }\n";
const READS = `name: reads
environment: [{ name: API_KEY, secret: true }]
steps:
  - { type: set, values: { a: "\${env:API_KEY}" } }
`;
const folder = stackFolder({ "fails.yaml": FAILS });
// A deployed stage's workflows are those of the folder where the command is called.
mkdirSync(join(folder.path, "workflows"));
folder.write("workflows/reads.yaml", READS);
let stack: StackProcess;
let cloudWatch: CloudWatchServer;
let secrets: Awaited<ReturnType<typeof startSecretsServer>>;
const stored = { text: "{}" };
const ALARM = "hookline-prod-oldest-message";

beforeAll(async () => {
  stack = await startStack(folder);
  cloudWatch = await startCloudWatchServer([ALARM, "hookline-other-dead-letters"]);
  secrets = await startSecretsServer(
    new Map([["hookline/prod/workflow-secrets", { read: () => stored.text }]]),
  );
});
afterAll(async () => {
  await stack.end("SIGINT");
  await cloudWatch.stop();
  await secrets.close();
  folder.remove();
});

/** The same command of a deployed stage, whose table and queues are played by the local servers. */
const inProd = (...args: string[]) =>
  hookline([...args, "--stage", "prod"], {
    cwd: folder.path,
    env: {
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      AWS_ENDPOINT_URL_DYNAMODB: stack.endpoints.dynamodb,
      AWS_ENDPOINT_URL_SQS: stack.endpoints.sqs,
      AWS_ENDPOINT_URL_CLOUDWATCH: cloudWatch.url,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
      HOOKLINE_TABLE: "hookline-local",
      HOOKLINE_QUEUE_URL: `${stack.endpoints.sqs}/000000000000/hookline-local`,
      HOOKLINE_DLQ_URL: `${stack.endpoints.sqs}/000000000000/hookline-local-dead-letters`,
    },
  });
const local = (...args: string[]) => hookline([...args, "--data", folder.data], { cwd: folder.path });

test("a stage without trouble is healthy, one with trouble says what to look at, and the exit code says which", async () => {
  const before = await local("status");
  expect([before.code, before.stdout]).toEqual([0, expect.stringMatching(/^local {2}healthy\n/)]);
  await stack.accept("fails", {});
  let status = await local("status", "--json");
  // Metrics are written once a second.
  while (JSON.parse(status.stdout).last_hour.failed === 0) status = await local("status", "--json");
  const told = JSON.parse(status.stdout);
  expect([status.code, told.healthy, told.queue.dead_letters, told.alarms]).toEqual([1, false, 1, null]);
  expect(told.attention).toEqual([
    "1 message in the dead-letter queue: hookline dlq list",
    "1 run failed in the last hour: hookline runs list --status failed",
  ]);
  expect(told.workflows).toMatchObject([{ name: "fails", version: "1.0.0" }]);
});

test("the console's overview of the local stack has the same numbers", async () => {
  const page = await (await fetch(stack.url)).text();
  expect(page).toContain("succeeded 0, dropped 0, failed 1; at most 1 in a period.");
});

test("a deployed stage tells of its alarms and of secrets without a value", async () => {
  const { code, stdout } = await inProd("status", "--json");
  const told = JSON.parse(stdout);
  expect([code, told.alarms, told.missing_secrets]).toEqual([1, [ALARM], ["API_KEY"]]);
  expect(told.attention[0]).toBe(`the alarm ${ALARM} rings: its description says what to do`);
});

test("cost adds up what models cost and what the cache saved, by workflow, by day and by model", async () => {
  const metrics = createEmfMetrics({ stage: "prod", level: "INFO", now: Date.now, write: cloudWatch.take });
  metrics.add("RunsAccepted", 2, { Workflow: "reads" });
  metrics.add("ModelCost", 0.25, { Workflow: "reads", Model: "gpt-4.1" });
  metrics.add("CostSaved", 0.004, { Workflow: "reads" });
  metrics.flush();
  const byWorkflow = await inProd("cost", "--json");
  expect(JSON.parse(byWorkflow.stdout)).toMatchObject({
    rows: [{ name: "reads", runs: 2, models_usd: 0.25, saved_usd: 0.004 }],
    total: { models_usd: 0.25 },
  });
  const byDay = await inProd("cost", "--by", "day", "--since", "2d");
  const today = new Date().toISOString().slice(0, 10);
  expect(byDay.stdout).toMatch(new RegExp(`\n${today} +2 +0 +0 +\\$0\\.25 +\\$0\\.0040\n`));
  expect(byDay.stdout.match(/^\d{4}-\d\d-\d\d/gm)).toHaveLength(3);
  const byModel = await inProd("cost", "--by", "model", "--json");
  expect(JSON.parse(byModel.stdout).rows).toEqual([
    { name: "gpt-4.1", input_tokens: 0, output_tokens: 0, models_usd: 0.25 },
  ]);
  const ofOne = await inProd("cost", "--by", "model", "--workflow", "reads");
  expect([ofOne.code, ofOne.stderr]).toEqual([2, expect.stringContaining("leave --workflow out")]);
});
