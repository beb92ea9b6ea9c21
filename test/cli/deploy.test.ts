import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { createDynamoRunStore } from "../../lib/adapters/dynamo/dynamo-run-store.ts";
import type { Workflow } from "../../lib/core/workflow.ts";
import { loadWorkflow } from "../../lib/language/load-workflow.ts";
import { startSecretsServer } from "../../lib/local/secrets-server.ts";
import { startCloudFormation } from "../support/cloudformation-stand-in.ts";
import { type Dynalite, startDynalite } from "../support/dynalite.ts";
import { mustClaim, sampleClaim, sampleFinish, sampleRun } from "../support/sample-run.ts";
import { hookline, hooklineScript } from "./hookline-process.ts";

const BEFORE = `name: greet
environment: [{ name: API_KEY, secret: true }, REGION]
steps:
  - { type: http_call, url: "https://a.test/", headers: { key: "\${env:API_KEY}", region: "\${env:REGION}" }, retries: 1, output_to: a }
  - { type: print, text: "hello" }
`;
const AFTER = BEFORE.replace("retries: 1", "retries: 3").replace('text: "hello"', 'text: "good day"');
const role = (actions: readonly string[]) => ({
  Type: "AWS::IAM::Policy",
  Properties: {
    PolicyName: "p",
    Roles: [{ Ref: "RunnerRole0A1B2C3D" }],
    PolicyDocument: {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: actions, Resource: { "Fn::GetAtt": ["Table0A1B2C3D", "Arn"] } }],
    },
  },
});
const queue = (name: string) => ({ Type: "AWS::SQS::Queue", Properties: { QueueName: name } });
const SECRET = "sk-value-that-nobody-may-see";

const root = mkdtempSync(join(tmpdir(), "hookline-deploy-"));
const cdk = join(root, "cdk.mjs");
const stacks = new Map<string, string>();
const secrets = new Map([
  ["hookline/prod/workflow-secrets", { read: () => JSON.stringify({ API_KEY: SECRET }) }],
]);
let folder: string;
let dynalite: Dynalite;
let table: string;
let services: Awaited<ReturnType<typeof startServices>>;

async function startServices() {
  const [cloudFormation, secretsServer] = await Promise.all([
    startCloudFormation(stacks),
    startSecretsServer(secrets),
  ]);
  return { cloudFormation, secretsServer };
}

function compiled(text: string): Workflow {
  const { workflow } = loadWorkflow(text, "workflows/greet.yaml");
  if (!workflow) throw new Error("the workflow has an error");
  return workflow;
}

function write(name: string, text: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}

const git = (...args: readonly string[]) =>
  execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], { cwd: folder })
    .toString()
    .trim();

const environment = (more: { readonly [name: string]: string } = {}) => ({
  RECORD_DIR: folder,
  HOOKLINE_TABLE: table,
  AWS_REGION: "eu-west-1",
  AWS_ACCESS_KEY_ID: "id",
  AWS_SECRET_ACCESS_KEY: "key",
  AWS_ENDPOINT_URL_CLOUDFORMATION: services.cloudFormation.url,
  AWS_ENDPOINT_URL_SECRETS_MANAGER: services.secretsServer.url,
  AWS_ENDPOINT_URL_DYNAMODB: dynalite.url,
  ...more,
});

const deploy = (args: readonly string[], more?: { readonly [name: string]: string }) =>
  hookline(["deploy", "--cdk", cdk, ...args], { cwd: folder, env: environment(more) });

/** How the CDK was called, each call as one line. */
const calls = (): readonly string[] =>
  readFileSync(join(folder, "calls.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).join(" "));

/** Deploys, and presses Ctrl-C while this command of the CDK is at work. */
async function interrupted(command: "synth" | "deploy") {
  const args = ["deploy", "--cdk", cdk, "--stage", "prod", "--yes"];
  const child = spawn(process.execPath, [hooklineScript, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, ...environment({ FAKE_HANG: command }) },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    if (!said.includes("progress") && `${said}${text}`.includes("progress")) child.kill("SIGINT");
    said += text;
  });
  const [code] = await once(child, "close");
  return { code, said };
}

beforeAll(async () => {
  copyFileSync(fileURLToPath(new URL("../support/recording-cdk.mjs", import.meta.url)), cdk);
  chmodSync(cdk, 0o755);
  [dynalite, services] = await Promise.all([startDynalite(), startServices()]);
  table = await dynalite.createTable();
  await createDynamoRunStore({ client: dynalite.client(), table }).putVersion(compiled(BEFORE));
});

afterAll(async () => {
  await Promise.all([dynalite.stop(), services.cloudFormation.close(), services.secretsServer.close()]);
  rmSync(root, { recursive: true });
});

beforeEach(() => {
  folder = mkdtempSync(join(root, "project-"));
  write("stages.yaml", "stages: { prod: { environment: { REGION: eu } } }\n");
  write("workflows/greet.yaml", AFTER);
  write(
    "workflows/greet.test.yaml",
    "cases:\n  - name: greets\n    given: { environment: { REGION: eu, API_KEY: k }, answers: [{ step: http_call_1, body: {} }] }\n    expect: { status: succeeded }\n",
  );
  write(".gitignore", "cdk.out/\ncalls.jsonl\ntemplate.json\n");
  git("init", "-q");
  git("add", "-A");
  git("commit", "-qm", "first");
  write(
    "template.json",
    JSON.stringify({
      Resources: {
        Table0A1B2C3D: queue("table"),
        Extra0A1B2C3D: queue("new"),
        Policy: role(["dynamodb:GetItem", "dynamodb:DeleteItem"]),
      },
    }),
  );
  stacks.clear();
});

function deployedBefore(): void {
  stacks.set(
    "hookline-prod",
    JSON.stringify({
      Metadata: {
        Hookline: { commit: "c0ffee00".repeat(5), workflows: { greet: compiled(BEFORE).hash, gone: "0" } },
      },
      Resources: { Table0A1B2C3D: queue("old"), Policy: role(["dynamodb:GetItem"]) },
    }),
  );
}

describe("hookline deploy", () => {
  test("shows what would change, deploys just that, and says what to do next and how it is undone", async () => {
    deployedBefore();
    const { code, stdout, stderr } = await deploy(["--stage", "prod", "--yes"]);
    expect(code).toBe(0);
    expect(stderr).toContain("1 test passed");
    expect(stdout).toContain("Plan for stage prod, deployed now: c0ffee00c0ff");
    expect(stdout).toContain(
      [
        "  - gone: runs under way finish on their version",
        "  ~ greet",
        "      ~ step 0 http_call",
        "          retries: 1 -> 3",
        "      ~ step 1 print",
        '          text: "hello" -> "good day"',
      ].join("\n"),
    );
    expect(stdout).toContain("! AWS::SQS::Queue Table0A1B2C3D replaced (QueueName)");
    expect(stdout).toContain("+ AWS::SQS::Queue Extra0A1B2C3D");
    expect(stdout).toContain("broader  Allow dynamodb:DeleteItem on Table.Arn for AWS:RunnerRole");
    expect(stdout).not.toContain("dynamodb:GetItem on");
    expect(stdout).not.toContain("Values that are missing");
    expect(stdout).toMatch(/greet\s+\d\.\d{4}\s+\d\.\d{4}\s+0\.0000\s+8/);
    expect(calls()).toEqual([
      `synth --quiet --output cdk.out/hookline-prod --context stage=prod --context commit=${git("rev-parse", "HEAD")}`,
      "deploy hookline-prod --app cdk.out/hookline-prod --require-approval never --progress events --outputs-file cdk.out/hookline-prod/outputs.json",
    ]);
    expect(stderr).toContain("progress of the stack");
    expect(stderr).toContain("HOOKLINE_API_URL=https://api.example npx hookline url greet --stage prod");
    expect(stderr).toContain(`git switch --detach ${"c0ffee00".repeat(5)}`);
    expect(stdout + stderr).not.toContain(SECRET);
    expect(stdout).not.toContain("progress of the stack");
  });

  test("--json prints the plan and what came of it, a line each, and nothing else", async () => {
    const { code, stdout } = await deploy(["--stage", "prod", "--yes", "--json"]);
    const [plan, end] = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(code).toBe(0);
    expect(plan).toMatchObject({
      stage: "prod",
      workflows: [{ name: "greet", change: "added" }],
      missing: [{ name: "API_KEY", secret: true, workflows: ["greet"] }],
      costs: [{ name: "greet", before: null, after: { counted: { writeUnits: 8, calls: 1 } } }],
    });
    expect(end).toEqual({ deployed: true, outputs: { ApiEndpoint: "https://api.example" } });
  });

  test("a deployment that fails says what serves now, with exit code 1", async () => {
    const { code, stderr } = await deploy(["--stage", "prod", "--yes"], { FAKE_DEPLOY: "badly" });
    expect(code).toBe(1);
    expect(stderr).toContain("the stack was taken back");
    expect(stderr).toContain("hookline-prod was not deployed; the reason stands above.");
  });

  test("Ctrl-C before it deploys leaves everything as it was, with exit code 130", async () => {
    const { code, said } = await interrupted("synth");
    expect([code, said]).toEqual([130, expect.stringMatching(/Stopped: nothing was deployed\.\n$/)]);
    expect(calls()).toHaveLength(1);
  });

  test("Ctrl-C while it deploys ends the CDK and tells how to go on, with exit code 130", async () => {
    const { code, said } = await interrupted("deploy");
    expect(said).toContain("Stopped while hookline-prod was being deployed.");
    expect(said).toContain("aws cloudformation cancel-update-stack --stack-name hookline-prod");
    expect(code).toBe(130);
  });
});

describe("versions of a deployed stage", () => {
  const short = (text: string) => compiled(text).hash.slice(0, 12);
  const deployedIs = (text: string) =>
    stacks.set(
      "hookline-prod",
      JSON.stringify({
        Metadata: { Hookline: { workflows: { greet: compiled(text).hash } } },
        Resources: {},
      }),
    );
  let own: { readonly HOOKLINE_TABLE: string };
  const call = (...args: readonly string[]) =>
    hookline([...args, "--stage", "prod"], { cwd: folder, env: environment(own) });
  const deployFile = async (text: string) => {
    write("workflows/greet.yaml", text);
    const done = await deploy(["--stage", "prod", "--yes", "--allow-dirty"], own);
    if (done.code === 0) deployedIs(text);
    return done;
  };
  const third = AFTER.replace("good day", "good night");

  beforeEach(async () => {
    own = { HOOKLINE_TABLE: await dynalite.createTable() };
    deployedIs(BEFORE);
    const store = createDynamoRunStore({ client: dynalite.client(), table: own.HOOKLINE_TABLE });
    await store.putVersion(compiled(BEFORE));
  });

  test("a version in rollout gets what its file says, then what a person says, then all", async () => {
    const { stdout } = await deployFile(`${AFTER}rollout: 10%\n`);
    expect(stdout).toContain(
      `Who gets the events\n  % greet: the new version 10 %, the rest ${short(BEFORE)}`,
    );
    const listed = await call("versions", "greet");
    expect(listed.stdout).toContain(`in rollout: 10 % of the events go to ${short(AFTER)}`);
    expect((await call("rollout", "greet", "25%")).stdout).toContain("25 % of the new runs of greet");
    expect(JSON.parse((await call("versions", "greet", "--json")).stdout)).toMatchObject({
      deployed: compiled(AFTER).hash,
      split: { kind: "rollout", percent: 25 },
      versions: [
        { percent: 25, deployed: true, before: compiled(BEFORE).hash },
        { percent: 75, deployed: false },
      ],
    });
    await call("rollback", "greet", "--yes");
    expect((await call("versions")).stdout).toContain("rolled back to");
    expect((await call("rollout", "greet", "50%")).stderr).toContain("greet is rolled back");
    expect((await call("rollback", "greet", "--undo")).stdout).toContain("25 % of the new runs of greet");
    expect((await call("rollout", "greet", "100%")).code).toBe(0);
    const again = await call("rollout", "greet", "50%");
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining("greet is in no rollout")]);
  });

  test("a rollback needs no deployment, outlives one of the same version, and ends with another one", async () => {
    await deployFile(AFTER);
    const back = await call("rollback", "greet", "--yes");
    expect(back.stdout).toContain('text: "good day" -> "hello"');
    expect(back.stdout).toContain(`New runs of greet are of ${short(BEFORE)} within 5 seconds`);
    expect((await call("versions")).stdout).toMatch(
      new RegExp(`greet +${short(AFTER)} +rolled back to ${short(BEFORE)}`),
    );
    expect((await deployFile(AFTER)).stdout).toContain(
      `% greet: ${short(BEFORE)} goes on, it stays rolled back`,
    );
    expect((await deployFile(third)).stdout).toContain(
      `% greet: the new version, the rollback to ${short(BEFORE)} ends`,
    );
    expect((await call("versions")).stdout).toContain("gets all events");
  });

  test("a rollback is undone, and looked at before", async () => {
    await deployFile(AFTER);
    const look = await call("rollback", "greet", "--dry-run");
    expect([look.code, look.stdout]).toEqual([0, expect.stringContaining("Nothing was changed.")]);
    expect((await call("rollback", "greet", "--undo")).stderr).toContain("greet is not rolled back");
    await call("rollback", "greet", "--yes", "--json");
    expect(JSON.parse((await call("rollback", "greet", "--undo", "--json")).stdout)).toEqual({
      workflow: "greet",
      serves: compiled(AFTER).hash,
      percent: 100,
      instead_of: compiled(BEFORE).hash,
    });
  });

  test.each([
    [
      "a workflow that is not deployed",
      ["rollback", "gret", "--yes"],
      /did you mean "greet"|known here: greet/,
    ],
    [
      "a version that is not kept",
      ["rollback", "greet", "--to", "00", "--yes"],
      /no version of greet begins with 00/,
    ],
    ["a version that is no hash", ["rollback", "greet", "--to", "1.0.0", "--yes"], /is no version/],
    ["the deployed version", ["rollback", "greet", "--to", short(BEFORE), "--yes"], /--undo/],
    ["a workflow without another version", ["rollback", "greet", "--yes"], /no other version/],
    ["a share that is none", ["rollout", "greet", "200"], /share of the events/],
  ] as const)("a rollback or rollout of %s is refused", async (_about, args, reason) => {
    const { code, stderr } = await call(...args);
    expect([code, stderr]).toEqual([2, expect.stringMatching(reason)]);
  });

  test("a version whose trigger is another one can only be deployed", async () => {
    const cron = AFTER.replace("steps:", 'input: { type: cron, cron: "0 4 * * *" }\nsteps:');
    await deployFile(cron);
    const { code, stderr } = await call("rollback", "greet", "--yes");
    expect([code, stderr]).toEqual([2, expect.stringContaining("which only a deployment changes")]);
    expect((await deployFile(`${AFTER}rollout: 5%\n`)).stderr).toContain("deploy it without rollout");
  });

  test("a deployment that fails leaves who gets the events as it was", async () => {
    write("workflows/greet.yaml", `${AFTER}rollout: 10%\n`);
    await deploy(["--stage", "prod", "--yes", "--allow-dirty"], { ...own, FAKE_DEPLOY: "badly" });
    expect((await call("versions")).stdout).toMatch(new RegExp(`greet +${short(BEFORE)} +gets all events`));
  });
});

test("what models cost is taken from recorded runs of the same model steps", async () => {
  const text = `name: asks
steps: [{ type: openai_completion, model: gpt-4.1-mini, prompt: hi, api_key: "\${env:API_KEY}" }]
`;
  const asks = compiled(text);
  const store = createDynamoRunStore({ client: dynalite.client(), table });
  await store.putVersion(asks);
  const createdAt = Date.now() - 3_600_000;
  for (const costUsd of [0.5, 0.25]) {
    const run = sampleRun({ workflow: "asks", hash: asks.hash, createdAt });
    await store.create(run);
    const { lease } = await mustClaim(store, run.runId, sampleClaim(createdAt));
    await store.finish(lease, sampleFinish({ costUsd, finishedAt: createdAt + 500 }));
  }
  write("workflows/asks.yaml", text);
  stacks.set(
    "hookline-prod",
    JSON.stringify({ Metadata: { Hookline: { workflows: { asks: asks.hash } } }, Resources: {} }),
  );
  const { stdout } = await deploy(["--stage", "prod", "--dry-run", "--allow-dirty", "--json"]);
  const { costs } = JSON.parse(stdout);
  const [cost] = costs.filter(({ name }: { readonly name: string }) => name === "asks");
  expect(cost.before.models).toBeCloseTo(375, 9);
  expect(cost.after).toEqual(cost.before);
  expect(cost.after.assumptions).toContain("models cost what they did in the latest 2 runs");
});

describe("hookline deploy refuses", () => {
  test("changes that are in no commit, unless they are allowed", async () => {
    write("workflows/greet.yaml", BEFORE);
    const { code, stderr } = await deploy(["--stage", "prod", "--dry-run"]);
    expect(code).toBe(2);
    expect(stderr).toContain("there are changes that are in no commit");
    expect((await deploy(["--stage", "prod", "--dry-run", "--allow-dirty"])).code).toBe(0);
  });

  test("a stage that is not there", async () => {
    const { code, stderr } = await deploy(["--stage", "pord"]);
    expect(code).toBe(2);
    expect(stderr).toBe('hookline: stages.yaml has no stage "pord": did you mean "prod"?\n');
  });

  test("a workflow with an error, and one whose test fails", async () => {
    write("workflows/broken.yaml", "name: broken\nsteps: [{ type: fliter }]\n");
    const broken = await deploy(["--stage", "prod", "--allow-dirty"]);
    expect([broken.code, broken.stderr]).toEqual([
      2,
      expect.stringContaining("hookline check finds 1 error: call it"),
    ]);
    rmSync(join(folder, "workflows/broken.yaml"));
    write("workflows/greet.test.yaml", "cases: [{ name: x, expect: { status: dropped } }]\n");
    const failing = await deploy(["--stage", "prod", "--allow-dirty"]);
    expect([failing.code, failing.stderr]).toEqual([
      2,
      expect.stringContaining("hookline test: 1 failed: call it"),
    ]);
  });

  test("to deploy without being told that it is meant, where nobody can be asked", async () => {
    const { code, stderr } = await deploy(["--stage", "prod"]);
    expect(code).toBe(2);
    expect(stderr).toContain("to deploy hookline-prod, repeat the command with --yes");
    expect(calls()).toHaveLength(1);
  });

  test("to deploy without credentials; the plan alone needs none, and says what it does not know", async () => {
    const without = {
      AWS_ACCESS_KEY_ID: "",
      AWS_SECRET_ACCESS_KEY: "",
      AWS_EC2_METADATA_DISABLED: "true",
      HOME: folder,
    };
    const meant = await deploy(["--stage", "prod", "--yes"], without);
    expect([meant.code, meant.stderr]).toEqual([2, expect.stringContaining("no AWS credentials were found")]);
    const { code, stdout, stderr } = await deploy(["--stage", "prod", "--dry-run"], without);
    expect(code).toBe(0);
    expect(stderr).toContain("What is deployed now is not known: no AWS credentials were found");
    expect(stdout).toContain("+ greet");
    expect(stderr).toMatch(/Nothing was deployed\.\n$/);
    expect(calls().filter((call) => call.startsWith("deploy"))).toEqual([]);
  });
});
