import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { webhookPathOf } from "../../lib/app/webhook-url.ts";
import { type SendOptions, sendDelivery } from "../../lib/cli/send/send-delivery.ts";
import { signingKey } from "../../lib/cli/send/signing-key.ts";
import { startSecretsServer } from "../../lib/local/secrets-server.ts";
import { presetVerification } from "../../lib/webhooks/preset-verification.ts";
import { presets } from "../../lib/webhooks/presets.ts";
import { SAMPLES } from "../../lib/webhooks/samples.ts";
import { hookline } from "../cli/hookline-process.ts";
import { startLoopbackServer } from "../support/loopback-server.ts";
import { type StackProcess, stackFolder, startStack } from "./stack-process.ts";

const names = [...presets.keys()];
const file = (preset: string) =>
  `name: on-${preset.replace("_", "-")}\ninput: { type: http_webhook, verify: ${preset} }\nsteps: []\n`;
const folder = stackFolder({
  ...Object.fromEntries(names.map((name) => [`${name}.yaml`, file(name)])),
  "open.yaml": "name: open\nsteps: []\n",
});
const env: { [name: string]: string } = { META_VERIFY_TOKEN: "verify-me" };
for (const preset of presets.values()) {
  const rule = presetVerification(preset);
  env[preset.secretName] =
    "publicKeys" in rule
      ? signingKey(rule.scheme, undefined, folder.data).publicText
      : Buffer.from(`secret of ${preset.name}`).toString("hex");
}

let stack: StackProcess;
beforeAll(async () => {
  stack = await startStack(folder, env);
});
afterAll(async () => {
  await stack?.end("SIGINT");
  folder.remove();
});

const options: SendOptions = {
  stage: "local",
  data: folder.data,
  workflows: folder.path,
  copies: 1,
  env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
};
const answerTo = async (what: string, more: Partial<SendOptions> = {}) =>
  (await sendDelivery(what, { ...options, ...more })).answers[0];

describe("the sample of", () => {
  test.each(SAMPLES)("%s is accepted, and refused when it is changed after it was signed", async (name) => {
    expect(await answerTo(name)).toMatchObject({ status: 202, runId: expect.any(String) });
    expect(await answerTo(name, { tamper: true })).toMatchObject({ status: 401 });
  });

  const asking = [...presets.values()].filter(({ handshakes }) => handshakes);
  test.each(asking)("what $name asks first is answered without a run", async ({ name }) => {
    const answer = await answerTo(name, { handshake: true });
    expect([200, 204]).toContain(answer?.status);
    expect(answer).not.toHaveProperty("runId");
  });
});

test("copies of one delivery are one run", async () => {
  const { answers } = await sendDelivery("github", { ...options, copies: 8 });
  expect(answers).toHaveLength(8);
  expect(new Set(answers.map(({ runId }) => runId)).size).toBe(1);
});

describe("hookline send", () => {
  const send = (args: readonly string[], more: { readonly [name: string]: string } = env) =>
    hookline(["send", ...args, "--data", folder.data], { cwd: folder.path, env: more });

  test("prints the answer and the command that shows the run", async () => {
    const { code, stdout } = await send(["stripe"]);
    expect(code).toBe(0);
    const [head, answer, next] = stdout.split("\n");
    expect(head).toBe(`stripe: delivery to on-stripe at ${stack.url}`);
    expect(answer).toMatch(/^202 {2}\{"run_id":".*","status":"queued",/);
    expect(next).toMatch(/npx hookline runs show [0-9a-f-]{36} --data /);
  });

  test("says that another secret is to blame, and ends with 1", async () => {
    const { code, stdout } = await send(["stripe", "--env", "STRIPE_WEBHOOK_SECRET=another"]);
    expect(code).toBe(1);
    expect(stdout).toContain("401  ");
    expect(stdout).toContain("The secret here is not the one there");
  });

  test("sends a file's content to the workflow that is named", async () => {
    folder.write("order.json", '{"id": 7}');
    const { code, stdout } = await send(["order.json", "--workflow", "open", "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      workflow: "open",
      as_expected: true,
      answers: [{ status: 202 }],
    });
  });
});

describe("to a deployed stage", () => {
  const answer = { run_id: "019d0c1e-0000-7000-8000-000000000000", status: "queued" };
  const secretsOf = (values: object) => ({ read: () => JSON.stringify(values) });

  test("goes what is signed with the stage's secret, to the URL of the stage's key", async () => {
    const api = await startLoopbackServer((_request, response) =>
      response.writeHead(202, { "content-type": "application/json" }).end(JSON.stringify(answer)),
    );
    const secrets = await startSecretsServer(
      new Map([
        ["hookline/prod/webhook-key", secretsOf({ current: "key of prod" })],
        ["hookline/prod/workflow-secrets", secretsOf({ STRIPE_WEBHOOK_SECRET: "secret of prod" })],
      ]),
    );
    try {
      const { code, stdout } = await hookline(
        ["send", "stripe", "--stage", "prod", "--workflows", folder.path],
        {
          cwd: folder.path,
          env: {
            HOOKLINE_API_URL: api.origin,
            AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
            AWS_REGION: "us-east-1",
            AWS_ACCESS_KEY_ID: "any",
            AWS_SECRET_ACCESS_KEY: "any",
          },
        },
      );
      expect(code).toBe(0);
      expect(stdout).toContain(`npx hookline runs show ${answer.run_id} --stage prod`);
      const [seen] = api.seen;
      expect(seen?.url).toBe(webhookPathOf("prod", "on-stripe", "hookline-prod", "key of prod"));
      const [, time, signature] =
        /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(seen?.headers["stripe-signature"])) ?? [];
      const right = createHmac("sha256", "secret of prod").update(`${time}.${seen?.body}`).digest("hex");
      expect(signature).toBe(right);
    } finally {
      await Promise.all([api.stop(), secrets.close()]);
    }
  });
});

describe("what cannot be sent is told in a sentence, with the way out", () => {
  const message = (what: string, more: Partial<SendOptions> = {}) =>
    sendDelivery(what, { ...options, ...more }).then(
      () => "it was sent",
      (error: Error) => error.message,
    );

  test.each<readonly [string, Partial<SendOptions>, string]>([
    ["strip", {}, 'there is no preset "strip", and no file of that name; did you mean "stripe"?'],
    ["no/order.json", {}, "there is no file no/order.json"],
    ["stripe", { workflow: "opn" }, 'stage "local" serves no workflow "opn"; did you mean "open"?'],
    ["stripe", { workflow: "on-github" }, '"on-github" takes deliveries of github, not of stripe'],
    ["stripe", { handshake: true }, "on-stripe has no handshake: its service asks nothing before it calls"],
    ["stripe", { to: "example.com" }, "--to example.com is no URL"],
    ["stripe", { header: ["x"] }, '--header x: write "name: value"'],
    [
      "stripe",
      { workflow: "open", tamper: true },
      "open asks for no signature (its input has no verify): no change would be noticed",
    ],
    ["stripe", { env: [] }, "STRIPE_WEBHOOK_SECRET, which senders sign or come with, has no value (Stripe: "],
    [
      "meta",
      { env: [], handshake: true },
      "META_VERIFY_TOKEN, which senders sign or come with, has no value",
    ],
    ["discord", { env: [] }, `DISCORD_PUBLIC_KEY=${env.DISCORD_PUBLIC_KEY}`],
  ])("%s %j", async (what, more, expected) => {
    expect(await message(what, more)).toContain(expected);
  });
});
