import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { CreateQueueCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { buryMessage } from "../../lib/adapters/bury-message.ts";
import { queueUrlAt, queueUrls } from "../../lib/local/create-resources.ts";
import { type Finished, hookline, hooklineScript } from "../cli/hookline-process.ts";
import { type LoopbackServer, startLoopbackServer } from "../support/loopback-server.ts";
import { type StackProcess, stackFolder, startStack } from "./stack-process.ts";

const ORDER = `name: order
environment: [PEER_URL]
steps:
  - type: http_call
    url: \${env:PEER_URL}/\${id}
    output_to: got
on_failure:
  - { type: print, text: "order \${id} failed" }
output: \${got}
`;
const LONG = `name: long
steps:
  - { type: run_workflow, name: pause }
`;
const PAUSE = `name: pause
steps:
  - { type: wait, seconds: 3600 }
`;
const NIGHTLY = `name: nightly
input: { type: cron, cron: "0 3 1 1 *" }
steps: []
`;
const PARCELS = `name: parcels
input: { type: sqs, queue: "arn:aws:sqs:eu-west-1:123456789012:parcels.fifo" }
steps: []
`;
const NOBODY = "019d0c1e-7b3a-7c2f-9d54-3a1b2c3d4e5f";

const folder = stackFolder({
  "order.yaml": ORDER,
  "long.yaml": LONG,
  "pause.yaml": PAUSE,
  "nightly.yaml": NIGHTLY,
  "parcels.yaml": PARCELS,
});
let peer: LoopbackServer;
let stack: StackProcess;
let isUp = false;

beforeAll(async () => {
  peer = await startLoopbackServer((request, response) => {
    const body = JSON.stringify({ path: request.url });
    response.writeHead(isUp ? 200 : 410, { "content-type": "application/json" }).end(body);
  });
  stack = await startStack(folder, { HOOKLINE_ALLOW_PRIVATE_HOSTS: "127.0.0.1", PEER_URL: peer.origin });
});
afterAll(async () => {
  await stack.end("SIGINT");
  await peer.stop();
  folder.remove();
});

const call = (...args: string[]): Promise<Finished> => hookline([...args, "--data", folder.data]);
const sqs = () =>
  new SQSClient({
    endpoint: stack.endpoints.sqs,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
const linesOf = ({ stdout }: Finished) => stdout.trimEnd().split("\n");
const objectsOf = (finished: Finished) => linesOf(finished).map((line) => JSON.parse(line));

/** Posts orders while the other side is down. */
async function failing(count: number): Promise<string[]> {
  isUp = false;
  const ids: string[] = [];
  for (let id = 0; id < count; id += 1) ids.push(await stack.accept("order", { id }));
  await Promise.all(ids.map((id) => stack.said(`${id}  failed`)));
  return ids;
}

describe("runs redrive", () => {
  test("puts the runs of a filter back, which go on and end; show tells what happened and what can be done", async () => {
    const ids = await failing(3);
    const shown = await call("runs", "show", ids[0] as string);
    expect(shown.stdout).toContain(
      `npx hookline runs redrive ${ids[0]} --data ${folder.data}  go on at step 0`,
    );
    isUp = true;
    const filter = ["--workflow", "order", "--class", "client_error", "--since", "1h"];
    const dry = await call("runs", "redrive", ...filter, "--dry-run");
    expect(linesOf(dry)).toEqual([...ids.toReversed(), "Would redrive 3 runs. Nothing was changed."]);
    const done = await call("runs", "redrive", ...filter, "--json");
    expect(done.code).toBe(0);
    expect(objectsOf(done)).toEqual([
      ...ids.toReversed().map((run_id) => ({ run_id, outcome: "done", word: "redriven" })),
      { summary: { matched: 3, done: 3, left_out: {}, missing: 0, failed: 0, left: 0 } },
    ]);
    await Promise.all(ids.map((id) => stack.said(`${id}  succeeded`)));
    expect(await stack.ask("runs", "show", ids[0] as string)).toMatchObject({
      status: "succeeded",
      output: { path: "/0" },
      redrives: [{ steps: 3 }],
    });
    expect((await call("runs", "show", ids[0] as string)).stdout).toMatch(
      /✓ {3}on_failure\.0 print_1.*\n.*\n↻ redriven \(1\) 20.*\n✓ 0 {4}http_call_1/,
    );
    expect((await call("runs", "redrive", ...filter)).stdout).toBe("No run matches.\n");
  });

  test("of runs that are named tells of each, and is exit code 1 for one that cannot be redriven, 2 for none", async () => {
    const [failed = ""] = await failing(1);
    isUp = true;
    const done = await stack.accept("order", { id: "done" });
    await stack.said(`${done}  succeeded`);
    const both = await call("runs", "redrive", failed, done);
    expect([both.code, linesOf(both)]).toEqual([
      1,
      [
        `${failed}  redriven`,
        `${done}  succeeded: only a failed run is redriven`,
        "1 of 2 runs redriven; others: 1 succeeded",
      ],
    ]);
    const none = await call("runs", "redrive", NOBODY);
    expect([none.code, linesOf(none)[0]]).toEqual([2, `${NOBODY}  not found`]);
  });

  test("stops at Ctrl-C behind the run in hand, says how many are left, and goes on when it is repeated", async () => {
    await failing(4);
    const args = [
      "runs",
      "redrive",
      "--status",
      "failed",
      "--per-second",
      "1",
      "--json",
      "--data",
      folder.data,
    ];
    const child = spawn(process.execPath, [hooklineScript, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    const lines: string[] = [];
    const errors: string[] = [];
    createInterface(child.stderr).on("line", (line) => errors.push(line));
    createInterface(child.stdout).on("line", (line) => {
      if (lines.push(line) === 1) child.kill("SIGINT");
    });
    isUp = true;
    const [code] = await once(child, "close");
    const { summary } = JSON.parse(lines.at(-1) ?? "{}");
    expect([code, summary.matched, summary.done]).toEqual([130, 4, lines.length - 1]);
    expect(summary.left).toBe(4 - summary.done);
    expect(errors).toEqual([expect.stringMatching(/^\d runs? left: the same command goes on with/)]);
    const rest = await call("runs", "redrive", "--status", "failed");
    expect(rest.stdout).toBe(`${summary.left} of ${summary.left} runs redriven\n`);
  });
});

describe("runs replay", () => {
  test("makes a new run of the event, linked both ways, and no second one unless that is wished", async () => {
    isUp = true;
    const id = await stack.accept("order", { id: "first" });
    await stack.said(`${id}  succeeded`);
    const [replayed] = objectsOf(await call("runs", "replay", id, "--json"));
    await stack.said(`${replayed.replay_id}  succeeded`);
    expect(await stack.ask("runs", "show", id)).toMatchObject({ replays: [replayed.replay_id] });
    expect(await stack.ask("runs", "show", replayed.replay_id)).toMatchObject({
      replay_of: { run_id: id, edited: false },
      output: { path: "/first" },
    });
    expect((await call("runs", "show", replayed.replay_id)).stdout).toContain(`replay of  ${id}`);
    const again = await call("runs", "replay", id);
    expect([again.code, linesOf(again)[0]]).toEqual([
      1,
      `${id}  replayed before: ${replayed.replay_id} (succeeded); --again makes another one`,
    ]);
    const [second] = objectsOf(await call("runs", "replay", id, "--again", "--json"));
    expect(second.replay_id).not.toBe(replayed.replay_id);
  });

  test("of many runs leaves out those that were replayed, and replays themselves: it can be repeated", async () => {
    isUp = true;
    const since = new Date().toISOString();
    const ids = [await stack.accept("order", { id: 1 }), await stack.accept("order", { id: 2 })];
    await Promise.all(ids.map((id) => stack.said(`${id}  succeeded`)));
    const args = ["runs", "replay", "--workflow", "order", "--since", since, "--json"];
    const first = objectsOf(await call(...args));
    expect(first.at(-1).summary).toMatchObject({ matched: 2, done: 2 });
    await Promise.all(first.slice(0, 2).map(({ replay_id }) => stack.said(`${replay_id}  succeeded`)));
    expect(objectsOf(await call(...args)).at(-1).summary).toMatchObject({
      matched: 4,
      done: 0,
      left_out: { "replayed before": 2, "replays themselves": 2 },
    });
  });

  test("runs on a version that is named by how its hash begins", async () => {
    isUp = true;
    const id = await stack.accept("order", { id: "old" });
    await stack.said(`${id}  succeeded`);
    const { hash } = (await stack.ask("runs", "show", id)) as { hash: string };
    folder.write("order.yaml", ORDER.replace("output: ${got}", "output: new"));
    await stack.said("order.yaml");
    const [onOld] = objectsOf(await call("runs", "replay", id, "--version", hash.slice(0, 8), "--json"));
    const [onNew] = objectsOf(await call("runs", "replay", id, "--json"));
    await Promise.all([onOld, onNew].map(({ replay_id }) => stack.said(`${replay_id}  succeeded`)));
    expect(await stack.ask("runs", "show", onOld.replay_id)).toMatchObject({
      hash,
      output: { path: "/old" },
    });
    expect(await stack.ask("runs", "show", onNew.replay_id)).toMatchObject({ output: "new" });
    const none = await call("runs", "replay", id, "--version", "0");
    expect([none.code, none.stderr]).toEqual([
      2,
      expect.stringMatching(
        /^hookline: no version of order begins with 0: kept are [0-9a-f]{12}, [0-9a-f]{12}\n$/,
      ),
    ]);
  });
});

test("runs cancel ends a run and the one it waits for, at once", async () => {
  const id = await stack.accept("long", {});
  const waiting = async (workflow: string) =>
    (await stack.ask("runs", "list", "--workflow", workflow, "--status", "waiting")) as { run_id: string }[];
  while ((await waiting("long")).length === 0) {}
  const child = await waiting("pause");
  const done = await call("runs", "cancel", "--workflow", "long", "--status", "waiting");
  expect([done.code, done.stdout]).toEqual([0, "1 of 1 run cancelled\n"]);
  for (const runId of [id, child[0]?.run_id ?? ""])
    expect(await stack.ask("runs", "show", runId)).toMatchObject({
      status: "cancelled",
      error: { class: "cancelled", step: "0", message: "somebody cancelled the run" },
    });
  const again = await call("runs", "cancel", id);
  expect([again.code, linesOf(again)[0]]).toEqual([0, `${id}  cancelled before`]);
});

describe("dlq", () => {
  test("list shows every message and leaves it there, redrive takes those whose runs go on, purge the rest", async () => {
    await call("dlq", "purge", "--yes");
    const [failed = "", healed = ""] = await failing(2);
    isUp = true;
    await call("runs", "redrive", healed);
    await stack.said(`${healed}  succeeded`);
    const client = sqs();
    const { deadLetterUrl } = queueUrls(stack.endpoints.sqs);
    await client.send(new SendMessageCommand({ QueueUrl: deadLetterUrl, MessageBody: "Who wrote\nthis?" }));
    client.destroy();
    for (const _twice of [1, 2]) {
      const list = (await stack.ask("dlq", "list")) as { run_id: string | null }[];
      expect(list).toHaveLength(3);
      expect(list).toEqual(
        expect.arrayContaining([
          expect.objectContaining({
            run_id: failed,
            workflow: "order",
            run_status: "failed",
            reason: { class: "client_error", message: expect.stringContaining("410"), step: "0" },
          }),
          expect.objectContaining({ run_id: healed, run_status: "succeeded" }),
          expect.objectContaining({ run_id: null, reason: null, body: "Who wrote\nthis?" }),
        ]),
      );
    }
    expect((await call("dlq", "list")).stdout).toContain("not understood: Who wrote this?");
    const redriven = objectsOf(await call("dlq", "redrive", "--json"));
    expect(redriven).toEqual(
      expect.arrayContaining([
        { message_id: failed, outcome: "done", word: "redriven" },
        { message_id: healed, outcome: "done", word: "removed because the run is succeeded" },
        expect.objectContaining({ outcome: "left_out", word: "not understood", note: "Who wrote\nthis?" }),
      ]),
    );
    await stack.said(`${failed}  succeeded`);
    const asked = await call("dlq", "purge", "--foreign");
    expect([asked.code, asked.stderr]).toEqual([
      2,
      "hookline: to remove 1 message, repeat the command with --yes: there is no terminal to ask in. --dry-run only looks\n",
    ]);
    expect((await call("dlq", "purge", "--foreign", "--yes")).stdout).toBe("1 of 1 message removed\n");
    expect((await call("dlq", "list")).stderr).toBe("No messages.\n");
  });
});

describe("dlq of events that could not be stored", () => {
  const LETTERS = ["hookline-local-inbox-dead-letters", "parcels-dead-letters.fifo"] as const;
  const due = new Date().toISOString();
  const tick = JSON.stringify({
    source: "hookline.cron",
    workflow: "nightly",
    scheduled_at: due,
  });

  /** Puts a tick and a text of nobody's among the inbox's dead letters, and a message among those of a queue; their ids. */
  async function bury(): Promise<readonly string[]> {
    const client = sqs();
    const [inbox, parcels] = LETTERS.map((name) => queueUrlAt(stack.endpoints.sqs, name));
    const reason = { class: "connection", message: "no table", step: null };
    await buryMessage({ client, deadLetterUrl: inbox ?? "" }, tick, reason);
    await client.send(new SendMessageCommand({ QueueUrl: inbox, MessageBody: "Who wrote this?" }));
    const about = { MessageGroupId: "one", MessageDeduplicationId: crypto.randomUUID() };
    await client.send(new SendMessageCommand({ QueueUrl: parcels, MessageBody: '{"parcel":7}', ...about }));
    client.destroy();
    const list = (await stack.ask("dlq", "list", "--of", "events")) as readonly { message_id: string }[];
    return list.map(({ message_id }) => message_id);
  }

  test("list shows what they are and why, redrive sends them back and they become runs, purge takes the rest", async () => {
    await call("dlq", "purge", "--yes");
    await bury();
    const list = await stack.ask("dlq", "list");
    expect(list).toHaveLength(3);
    expect(list).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          queue: "inbox",
          workflow: "nightly",
          event: `the tick of ${due}`,
          reason: { class: "connection", message: "no table", step: null },
          run_id: null,
        }),
        expect.objectContaining({ queue: "inbox", workflow: null, event: null, body: "Who wrote this?" }),
        expect.objectContaining({ queue: expect.stringMatching(/:parcels\.fifo$/), workflow: "parcels" }),
      ]),
    );
    const told = (await call("dlq", "list", "--workflow", "nightly")).stdout;
    expect(told).toContain(`the tick of ${due}, connection: no table`);
    expect((await stack.ask("status")) as object).toMatchObject({ queue: { dead_letters: 2 } });
    const redriven = await call("dlq", "redrive", "--of", "events");
    expect([redriven.code, redriven.stdout]).toEqual([
      0,
      "2 of 3 messages redriven; others: 1 not understood\n",
    ]);
    await stack.said("nightly  ");
    await stack.said("parcels  ");
    expect(linesOf(await call("runs", "list", "--workflow", "nightly"))).toHaveLength(2);
    const [foreign = ""] = ((await stack.ask("dlq", "list", "--foreign")) as { message_id: string }[]).map(
      ({ message_id }) => message_id,
    );
    expect((await call("dlq", "redrive", foreign)).stdout).toContain(`${foreign}  redriven`);
    expect((await call("dlq", "list")).stderr).toBe("No messages.\n");
  });

  test("one of them is named by its own id", async () => {
    const [first = "", ...others] = await bury();
    expect(linesOf(await call("dlq", "purge", first, "--yes"))[0]).toBe(`${first}  removed`);
    const left = (await stack.ask("dlq", "list")) as { message_id: string }[];
    expect(left.map(({ message_id }) => message_id)).toEqual(others);
    await call("dlq", "purge", "--yes");
  });
});

test("a deployed stage is found by the names of its table and its queues, or by what the environment says", async () => {
  const [failed = ""] = await failing(1);
  isUp = true;
  const env = {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_ENDPOINT_URL_DYNAMODB: stack.endpoints.dynamodb,
    AWS_ENDPOINT_URL_SQS: stack.endpoints.sqs,
    HOOKLINE_TABLE: "hookline-local",
  };
  const redrive = (more: { readonly [name: string]: string } = {}) =>
    hookline(["runs", "redrive", failed, "--stage", "prod"], { cwd: folder.path, env: { ...env, ...more } });
  const nowhere = await redrive();
  expect([nowhere.code, nowhere.stderr]).toEqual([
    2,
    expect.stringMatching(
      /^hookline: AWS has no such resource .*HOOKLINE_QUEUE_URL.*QueueUrl and DeadLetterUrl\n$/,
    ),
  ]);
  const { queueUrl, deadLetterUrl } = queueUrls(stack.endpoints.sqs);
  const named = await redrive({ HOOKLINE_QUEUE_URL: queueUrl, HOOKLINE_DLQ_URL: deadLetterUrl });
  expect([named.code, linesOf(named)[0]]).toEqual([0, `${failed}  redriven`]);
  await stack.said(`${failed}  succeeded`);
  const client = sqs();
  for (const QueueName of ["hookline-prod", "hookline-prod-dead-letters"])
    await client.send(new CreateQueueCommand({ QueueName }));
  client.destroy();
  const found = await redrive();
  expect([found.code, linesOf(found)[0]]).toEqual([1, `${failed}  succeeded: only a failed run is redriven`]);
});

test("what cannot be meant is exit code 2 with the way out, and changes nothing", async () => {
  const wrong = [
    [["runs", "redrive"], "which runs? Name them by their ids, or choose them by --workflow"],
    [["runs", "cancel", "7"], '"7" is no run id: "hookline runs list" shows them'],
    [["runs", "redrive", NOBODY, "--since", "1h"], "name runs, or choose them"],
    [
      ["runs", "replay", "--workflow", "ordre"],
      'no workflow "ordre", and no run of it: did you mean "order"?',
    ],
    [["runs", "replay", NOBODY, "--version", "new"], '"new" is no version: write the beginning of its hash'],
    [["runs", "replay", NOBODY, "--edit"], "there is no terminal to open it in"],
    [["runs", "redrive", "--since", "next week"], "Write a time of the past: 90m, 2h, 3d or 1w ago"],
    [["dlq", "redrive", NOBODY], `no message of the dead-letter queue is of run ${NOBODY}`],
  ] as const;
  const told = await Promise.all(wrong.map(([args]) => call(...args)));
  for (const [index, { code, stdout, stderr }] of told.entries()) {
    expect([wrong[index]?.[0], code, stdout]).toEqual([wrong[index]?.[0], 2, ""]);
    expect(stderr).toContain(wrong[index]?.[1]);
  }
});
