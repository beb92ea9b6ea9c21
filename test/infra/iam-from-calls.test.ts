import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { FUNCTIONS, type FunctionName } from "../../lib/build/build-bundles.ts";
import { sessionCookie } from "../../lib/console/access/session.ts";
import { FRONT_HEADERS } from "../../lib/core/front-headers.ts";
import { MOST_DELIVERIES_OF_A_WRONG_ONE } from "../../lib/core/inbox-deliveries.ts";
import { oidcSchema } from "../../lib/core/oidc.ts";
import type { Workflow } from "../../lib/core/workflow.ts";
import { loadWorkflow } from "../../lib/language/load-workflow.ts";
import { writeBetween } from "../../lib/language/reference/write-between.ts";
import { askConsole } from "../support/ask-console.ts";
import { fieldsOf } from "../support/console-world.ts";
import { CONSOLE_TOKEN, type Deployment, deploy, FRONT_KEY } from "../support/deployment.ts";
import { type ForgingProvider, startForgingProvider } from "../support/forging-provider.ts";
import { rightFor, rightsOf } from "../support/function-rights.ts";
import { inboxMessage, OBJECT_EVENT, sqsEvent, tick } from "../support/inbox-messages.ts";
import { rightsTable, storesTable } from "../support/security-tables.ts";
import { type Synthesis, synthesise } from "../support/synthesise.ts";

/** One workflow for each thing that may need a right. */
const TEXTS = [
  "name: plain\nsteps: [{ type: print, text: hi }]",
  "name: limited\ninput: { type: http_webhook, limits: { rate: { count: 100, per: 1 } } }\nsteps: [{ type: print, text: hi }]",
  "name: bursts\ninput: { type: http_webhook, limits: { debounce: { seconds: 1, max_seconds: 5 } } }\nsteps: [{ type: print, text: hi }]",
  "name: batches\ninput: { type: http_webhook, limits: { batch: { size: 2, seconds: 60 } } }\nsteps: [{ type: print, text: hi }]",
  'name: in-line\ninput: { type: http_webhook, limits: { concurrency: { count: 1 } } }\nenvironment: [WORLD]\nsteps: [{ type: http_call, url: "${env:WORLD}/slow" }]',
  "name: answered\ninput: { type: http_webhook, respond: { wait: 10 } }\nsteps: [{ type: print, text: hi }]",
  "name: signed\ninput: { type: http_webhook, verify: github }\nsteps: [{ type: print, text: hi }]",
  'name: once\ninput: { type: http_webhook, dedupe: { key: "${id}", window: 3600 } }\nsteps: [{ type: print, text: hi }]',
  'name: calls\nenvironment: [WORLD]\nsteps:\n  - { type: http_call, url: "${env:WORLD}/a", cache: { ttl: 60 } }\n  - { type: http_call, url: "${env:WORLD}/b" }\n  - { type: print, text: hi }',
  'name: failing\nenvironment: [WORLD]\nsteps: [{ type: http_call, url: "${env:WORLD}/a" }, { type: http_call, url: "${env:WORLD}/500" }]',
  'name: bulky\nenvironment: [WORLD]\nsteps: [{ type: http_call, url: "${env:WORLD}/large" }, { type: print, text: hi }]',
  "name: refused\nsteps: [{ type: fail, message: no }]",
  "name: spread\nsteps: [{ type: for_each, input_from: ids, mode: distributed, chunk_size: 2, steps: [{ type: print, text: hi }] }]",
  'name: nightly\ninput: { type: cron, cron: "30 2 * * *", overlap: skip }\nsteps: [{ type: print, text: hi }]',
  "name: bills\ninput: { type: email, to: bills@in.example.com }\nsteps: [{ type: print, text: hi }]",
];
const workflows = TEXTS.map((text): Workflow => {
  const { workflow, problems } = loadWorkflow(text, "test.yaml");
  if (!workflow) throw new Error(`${text}: ${problems.map(({ message }) => message).join("; ")}`);
  return workflow;
});

const ACL = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/ours/0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f";

/** What the firewall's distribution adds to every request. */
const THROUGH_FRONT = {
  [FRONT_HEADERS.key]: FRONT_KEY,
  [FRONT_HEADERS.senderAddress]: "203.0.113.7",
  [FRONT_HEADERS.askedHost]: "hooks.example.com",
};

/** Rights that no call of a function's own code shows, each with its reason. */
const REASONS: readonly (readonly [right: RegExp, reason: string])[] = [
  [/: logs:(CreateLogStream|PutLogEvents) /, "Lambda writes the function's log with the function's role"],
  [
    /: sqs:(ReceiveMessage|DeleteMessage|GetQueueAttributes) on (Queue|Inbox)\.Arn$/,
    "Lambda empties the queue with the function's role (Lambda Developer Guide, event source mappings)",
  ],
  [/^console: dynamodb:GetItem /, "asked for a version that the function does not carry"],
  [/^sweeper: dynamodb:GetItem /, "asked when an update's answer was lost, whether it was ours"],
];

let stack: Synthesis;
let world: Server;
const slow = Promise.withResolvers<void>();
let deployment: Deployment;
let provider: ForgingProvider;
/** What the console's pages did before any of its buttons was pressed. */
let lookedAt: readonly string[];

beforeAll(async () => {
  world = createServer(async (request, response) => {
    if (request.url === "/slow") await slow.promise;
    if (request.url === "/large") return void response.end(noise(60_000));
    response.writeHead(request.url === "/500" ? 500 : 200, { "content-type": "application/json" }).end("{}");
  });
  world.listen(0, "127.0.0.1");
  await once(world, "listening");
  provider = await startForgingProvider();
  const oidc = oidcSchema.parse({
    issuer: provider.issuer,
    client_id: "console",
    read: { groups: ["engineers"] },
  });
  [stack, deployment] = await Promise.all([
    synthesise({
      stage: "test",
      settings: {
        environment: { WORLD: "https://world.example" },
        console: { oidc },
        waf: { acl: ACL, open: true },
      },
      workflows,
    }),
    deploy(workflows, {
      env: {
        HOOKLINE_ALLOW_PRIVATE_HOSTS: "127.0.0.1",
        WORLD: `http://127.0.0.1:${(world.address() as AddressInfo).port}`,
      },
      secrets: { GITHUB_WEBHOOK_SECRET: "a secret of the test" },
      oidc,
    }),
  ]);
  await play();
});

afterAll(async () => {
  await deployment.stop();
  world.closeAllConnections();
  world.close();
  await provider.stop();
});

/** Of the two functions of the console's bundle only the one that shows pages knows the provider's client. */
const OIDC_SECRET = "secretsmanager:GetSecretValue on ConsoleOidc";
const callsOf = (name: FunctionName) => deployment.calls(name).filter((call) => call !== OIDC_SECRET);

/** Text that no compression makes small. */
const noise = (numbers: number) => Array.from({ length: numbers }, (_, index) => Math.sin(index)).join(" ");

/** Lets every function do what it can be asked to do, faults of its services included. */
async function play(): Promise<void> {
  const { ingest, inbox, runner, sweeper } = deployment.functions;
  const post = (workflow: string, body: unknown = {}) => {
    const event = deployment.delivery(workflow, JSON.stringify(body));
    return ingest.invoke({ ...event, headers: { ...event.headers, ...THROUGH_FRONT } });
  };
  const runNext = async () => {
    const event = await deployment.nextMessage();
    if (event) await runner.invoke(event);
    return event !== undefined;
  };
  for (const name of [
    "plain",
    "limited",
    "bursts",
    "bursts",
    "batches",
    "batches",
    "once",
    "once",
    "calls",
    "failing",
    "refused",
  ])
    await post(name, { id: 1 });
  await post("plain", { large: noise(60_000) });
  await post("refused", { large: noise(60_000) });
  await post("bulky");
  await post("signed");
  await post("spread", { ids: [1, 2, 3, 4] });
  deployment.down("ingest", "sqs", true);
  await post("plain");
  deployment.down("ingest", "sqs", false);

  await inbox.invoke(sqsEvent(tick("2026-11-23T02:30:00Z", "nightly")));
  await inbox.invoke(sqsEvent(tick("2026-11-24T02:30:00Z", "nightly")));
  const key = "bills/o3vrnil0e2ic28trm7dfhrc2v0clambda4nbp0g1";
  deployment.putObject("mails", key, `From: ada@example.com\r\nSubject: Invoice\r\n\r\n${noise(20_000)}\r\n`);
  const event = { ...OBJECT_EVENT, detail: { bucket: { name: "mails" }, object: { key } } };
  await inbox.invoke(sqsEvent(inboxMessage({ source: "hookline.event", workflow: "bills", event })));
  await inbox.invoke(sqsEvent(inboxMessage({} as never, { receiveCount: MOST_DELIVERIES_OF_A_WRONG_ONE })));
  deployment.down("inbox", "dynamodb", true);
  await inbox.invoke(sqsEvent(tick("2026-11-25T02:30:00Z", "nightly")));
  deployment.down("inbox", "dynamodb", false);
  const answered = post("answered");
  while (await runNext());
  await answered;

  await standInLine(post);
  await runNext();
  await deployment.loseMessage(workflows[0] as Workflow, "{}");
  await sweeper.invoke({});
  await openConsole();
}

/** Looks at every page, then signs in and presses every button. */
async function openConsole(): Promise<void> {
  const ask = askConsole(deployment.functions.console, THROUGH_FRONT);
  const until = Math.floor(Date.now() / 1000) + 600;
  const nonce = crypto.randomUUID();
  const session = (right: "read" | "act") =>
    `__Host-hookline=${sessionCookie(CONSOLE_TOKEN[right], { right, until, nonce })}`;
  const cookie = session("act");
  const { body: runs } = await ask({ path: "/runs?status=failed", cookie });
  const [failed = ""] = /\/runs\/[0-9a-f-]{36}/.exec(runs) ?? [];
  const { body: page } = await ask({ path: failed, cookie });
  for (const path of ["/", `${failed}/steps/0`, "/workflows/plain", "/deliveries", "/dead-letters"])
    await ask({ path, cookie: session("read") });
  await signInByProvider(ask);
  lookedAt = deployment.calls("console");
  await ask({ path: "/sign-in", form: { token: CONSOLE_TOKEN.read } });
  for (const verb of ["redrive", "cancel", "replay"])
    await ask({ path: `${failed}/${verb}`, cookie, form: fieldsOf(page, `${failed}/redrive`) });
  await sendTestEvents(ask, cookie);
}

/** Tries each workflow that may need a right of its own, also while there is no queue. */
async function sendTestEvents(ask: ReturnType<typeof askConsole>, cookie: string): Promise<void> {
  const send = async (workflow: string) => {
    const path = `/workflows/${workflow}/test`;
    const fields = fieldsOf((await ask({ path, cookie })).body, path);
    const form = { ...fields, headers: "content-type: application/json", body: '{ "id": 1 }' };
    return ask({ path, cookie, form });
  };
  for (const name of [
    "plain",
    "limited",
    "bursts",
    "bursts",
    "batches",
    "batches",
    "signed",
    "once",
    "nightly",
  ])
    await send(name);
  deployment.down("console", "sqs", true);
  await expect(send("plain")).rejects.toThrow("503");
  deployment.down("console", "sqs", false);
}

/** Is sent to the provider, comes back, and sees the pages. */
async function signInByProvider(ask: ReturnType<typeof askConsole>): Promise<void> {
  const { location, cookies } = await ask({ path: "/oidc/sign-in" });
  const { searchParams } = new URL(location);
  provider.nonce = searchParams.get("nonce") ?? "";
  const answer = new URLSearchParams({ code: "a code", state: searchParams.get("state") ?? "" });
  const back = await ask({
    path: `/oidc/callback?${answer}`,
    cookie: String(cookies[0]).split(";")[0] ?? "",
  });
  const cookie = back.cookies.at(-1)?.split(";")[0] ?? "";
  const { body } = await ask({ path: "/runs", cookie });
  if (!body.includes("read only")) throw new Error(`nobody was signed in: ${back.body}`);
}

/** Runs two at once of which one at a time may be at work. */
async function standInLine(post: (workflow: string) => Promise<unknown>): Promise<void> {
  await post("in-line");
  await post("in-line");
  const events = [await deployment.nextMessage(), await deployment.nextMessage()];
  const records = events.flatMap((event) => event?.Records ?? []);
  const end = deployment.functions.runner.invoke({ Records: records });
  const statuses = () =>
    Promise.all(records.map(({ body }) => deployment.store.status(JSON.parse(body).run_id)));
  while (!(await statuses()).includes("waiting"));
  slow.resolve();
  await end;
}

describe.each([...FUNCTIONS])("the role of %s", (name: FunctionName) => {
  test("allows every call that the function made", () => {
    const needed = callsOf(name).map(rightFor);
    expect(needed.length).toBeGreaterThan(0);
    expect(needed.filter((right) => !rightsOf(stack, name).includes(right))).toEqual([]);
  });

  test("allows little else: each right was used, or has a stated reason", () => {
    const used = new Set(callsOf(name).map(rightFor));
    const unused = rightsOf(stack, name).filter((right) => !used.has(right));
    expect(unused.filter((right) => !REASONS.some(([pattern]) => pattern.test(`${name}: ${right}`)))).toEqual(
      [],
    );
  });
});

test("the role of the console's pages allows what they read, and writes nothing", () => {
  const rights = rightsOf(stack, "console", "Console");
  const needed = new Set(lookedAt.map(rightFor));
  expect(needed).toContain(OIDC_SECRET);
  expect([...needed].filter((right) => !rights.includes(right))).toEqual([]);
  expect(
    rights.filter((right) => !needed.has(right) && !REASONS.some(([why]) => why.test(`console: ${right}`))),
  ).toEqual([]);
  expect(rights.filter((right) => /Put|Update|Write|Delete|Send/.test(right))).toEqual([
    expect.stringMatching(/^logs:PutLogEvents/),
  ]);
});

test("a reason that nothing needs any more is none", () => {
  const rights = FUNCTIONS.flatMap((name) => rightsOf(stack, name).map((right) => `${name}: ${right}`));
  expect(REASONS.filter(([pattern]) => !rights.some((right) => pattern.test(right)))).toEqual([]);
});

test.each([
  ["rights", rightsTable],
  ["stores", storesTable],
])("docs/security.md has the %s of the template", (name, table) => {
  const page = readFileSync(new URL("../../docs/security.md", import.meta.url), "utf8");
  expect(page).toBe(writeBetween(page, name, table(stack)));
});
