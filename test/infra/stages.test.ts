import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "@jest/globals";
import { readStages } from "../../lib/build/read-stages.ts";
import { ingestConfig, runnerConfig } from "../../lib/core/config.ts";
import type { JsonObject } from "../../lib/core/json.ts";
import { stageSchema, stagesSchema } from "../../lib/core/stages.ts";
import { emptyWorkflow } from "../support/empty-workflow.ts";
import { type Synthesis, synthesiseStages } from "../support/synthesise.ts";

const { stages } = stagesSchema.parse({
  stages: {
    dev: { log_level: "DEBUG", canary: "all_at_once" },
    staging: { region: "eu-central-1", api: { requests_per_second: 5 } },
    prod: {
      account: "123456789012",
      region: "us-east-1",
      runner: { memory_mb: 3008, concurrency: 100, timeout_seconds: 300 },
      ingest: { memory_mb: 1024 },
      retry_base_seconds: 5,
      secrets_ttl_seconds: 60,
      max_body_bytes: 1000,
      canary: { percent: 5, minutes: 30, errors: 3 },
    },
  },
});
let made: ReadonlyMap<string, Synthesis>;

beforeAll(async () => {
  made = await synthesiseStages(stages, [emptyWorkflow({ name: "everywhere" })]);
});

function find(stage: string, id: string): JsonObject {
  return made.get(stage)?.resources.find((resource) => resource.id === id)?.properties ?? {};
}

const variablesOf = (stage: string, id: string) => (find(stage, id).Environment as JsonObject).Variables;

test("three stages come of one file, each a stack of its own in which cdk-nag finds nothing", () => {
  expect([...made.keys()]).toEqual(["dev", "staging", "prod"]);
  for (const { findings } of made.values()) expect(findings).toEqual([]);
});

test("a stage has the capacity that the file gives it, and the others the usual one", () => {
  expect(find("prod", "Runner")).toMatchObject({ MemorySize: 3008, Timeout: 300 });
  expect(find("prod", "Ingest")).toMatchObject({ MemorySize: 1024 });
  expect(find("prod", "RunnerQueue").ScalingConfig).toEqual({ MaximumConcurrency: 100 });
  expect(find("staging", "Stage").DefaultRouteSettings).toEqual({
    ThrottlingRateLimit: 5,
    ThrottlingBurstLimit: 1000,
  });
  expect(find("dev", "Runner")).toMatchObject({ MemorySize: 1769, Timeout: 900 });
});

test("what follows from the runner's timeout follows it: the queue hides messages for six times that, leases know it", () => {
  expect(find("prod", "Queue").VisibilityTimeout).toBe(6 * 300);
  for (const id of ["Ingest", "Runner", "Sweeper"])
    expect(variablesOf("prod", id)).toMatchObject({ HOOKLINE_INVOCATION_SECONDS: "300" });
});

test("the functions are told what the stage says", () => {
  expect(variablesOf("dev", "Runner")).toMatchObject({ HOOKLINE_LOG_LEVEL: "DEBUG" });
  expect(variablesOf("prod", "Runner")).toMatchObject({
    HOOKLINE_RETRY_BASE_SECONDS: "5",
    HOOKLINE_SECRETS_TTL_SECONDS: "60",
  });
  expect(variablesOf("prod", "Ingest")).toMatchObject({ HOOKLINE_MAX_BODY_BYTES: "1000" });
});

test("what a stage leaves out is what the functions take by themselves", () => {
  const usual = stageSchema.parse({});
  const runner = runnerConfig.partial().parse({});
  expect(usual.retry_base_seconds).toBe(runner.HOOKLINE_RETRY_BASE_SECONDS);
  expect(usual.secrets_ttl_seconds).toBe(runner.HOOKLINE_SECRETS_TTL_SECONDS);
  expect(usual.log_level).toBe(runner.HOOKLINE_LOG_LEVEL);
  expect(usual.runner.timeout_seconds).toBe(runner.HOOKLINE_INVOCATION_SECONDS);
  expect(usual.max_body_bytes).toBe(ingestConfig.partial().parse({}).HOOKLINE_MAX_BODY_BYTES);
});

test("the file that is shipped names dev, staging and prod", () => {
  const file = fileURLToPath(new URL("../../stages.yaml", import.meta.url));
  expect(Object.keys(readStages(file))).toEqual(["dev", "staging", "prod"]);
});
