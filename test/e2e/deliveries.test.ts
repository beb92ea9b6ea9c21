import { createHmac } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { hookline } from "../cli/hookline-process.ts";
import { type StackProcess, stackFolder, startStack } from "./stack-process.ts";

const ORDERS = `name: orders
input:
  type: http_webhook
  verify: { scheme: hmac, secret: "\${env:ORDERS_SECRET}", signature: { header: x-signature } }
  dedupe: { key: "\${input.id}" }
  schema: order.schema.json
  filter: [{ field: test, op: not_exists }]
steps:
  - { type: print, text: "\${input.id}" }
`;
const SCHEMA = '{ "type": "object", "required": ["id"] }';
const SECRET = "an orders secret";
const PARKED = `name: parked
history: { redact: [card] }
steps:
  - { type: wait, seconds: 3600 }
`;
const folder = stackFolder({ "orders.yaml": ORDERS, "order.schema.json": SCHEMA, "parked.yaml": PARKED });
let stack: StackProcess;

beforeAll(async () => {
  stack = await startStack(folder, { ORDERS_SECRET: SECRET });
});
afterAll(async () => {
  await stack.end("SIGINT");
  folder.remove();
});

async function send(event: object, secret = SECRET) {
  const body = JSON.stringify(event);
  const signature = createHmac("sha256", secret).update(body).digest("hex");
  const answer = await fetch(stack.workflows[0]?.url ?? "", {
    method: "POST",
    headers: { "content-type": "application/json", "x-signature": signature },
    body,
  });
  return { status: answer.status, body: (await answer.json()) as { run_id: string } };
}

test("each delivery to a stack's webhook has a record of what became of it", async () => {
  const accepted = await send({ id: 1 });
  await stack.said(`${accepted.body.run_id}  succeeded`);
  const answers = [
    await send({ id: 1 }),
    await send({ id: 2 }, "another secret"),
    await send({ name: "x" }),
    await send({ id: 3, test: true }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([202, 401, 422, 200]);
  const run_id = accepted.body.run_id;
  expect(await stack.ask("deliveries", "list")).toMatchObject([
    { outcome: "accepted", run_status: "dropped", bytes: 20 },
    { outcome: "invalid", answered: 422, reason: expect.stringContaining("#: "), run_id: null },
    { outcome: "refused", answered: 401, reason: "signature_wrong", run_id: null },
    { outcome: "duplicate", answered: 202, run_id },
    { outcome: "accepted", run_status: "succeeded", run_id, source_ip: "127.0.0.1" },
  ]);
  expect(await stack.ask("deliveries", "list", "--outcome", "refused", "--workflow", "orders")).toHaveLength(
    1,
  );
  expect(await stack.ask("deliveries", "show", run_id)).toMatchObject({ outcome: "accepted", run_id });
});

test("a run is found by the beginning of its id and by its business key; one that is not there, nor its workflow, is told so", async () => {
  const { run_id } = (await send({ id: "o-7" })).body;
  await stack.said(`${run_id}  succeeded`);
  expect(await stack.ask("runs", "show", run_id.slice(0, 13))).toMatchObject({ run_id });
  expect(await stack.ask("runs", "explain", "o-7")).toMatchObject({ run: { run_id } });
  expect(await stack.ask("runs", "list", "--find", "o-7", "--workflow", "orders")).toMatchObject([
    { run_id },
  ]);
  expect(await stack.ask("runs", "list", "--find", "o-8")).toEqual([]);
  expect(await stack.ask("runs", "list", "--until", "2026-01-01")).toEqual([]);
  const trouble = async (...args: string[]) => {
    const { code, stderr } = await hookline([...args, "--data", folder.data]);
    return [code, stderr];
  };
  expect(await trouble("runs", "show", "o-8")).toEqual([2, expect.stringContaining("has no run o-8")]);
  expect(await trouble("runs", "list", "--workflow", "oders")).toEqual([
    2,
    expect.stringContaining('no workflow "oders", and no run of it: did you mean "orders"?'),
  ]);
});

test("what history.redact names is not shown while a run still needs it", async () => {
  const runId = await stack.accept("parked", { card: "4111-1111", name: "Ada" });
  for (const command of ["show", "explain"]) {
    const { stdout } = await hookline(["runs", command, runId, "--json", "--data", folder.data]);
    expect(stdout).toContain(runId);
    expect(stdout).not.toContain("4111");
  }
});

test("a delivery that is not there is told so", async () => {
  const id = "019d0c1e-0000-7000-8000-000000000000";
  const { code, stderr } = await hookline(["deliveries", "show", id, "--data", folder.data]);
  expect([code, stderr]).toEqual([2, expect.stringContaining(`has no delivery ${id}`)]);
});

test("a workflow gets a new URL: the old one works for its grace time, and no longer without one", async () => {
  const old = stack.workflows[0]?.url ?? "";
  const rotate = async (grace: string) =>
    (await hookline(["url", "orders", "--rotate", "--grace", grace, "--data", folder.data])).stdout.trim();
  const statusOf = async (url: string) => (await fetch(url, { method: "POST", body: "{}" })).status;
  /** Until ingest has read its keys anew, which it does once a second. */
  const known = async (url: string) => {
    while ((await statusOf(url)) === 404);
  };
  const first = await rotate("1h");
  expect(first).not.toBe(old);
  await known(first);
  expect(await statusOf(old)).toBe(401);
  const second = await rotate("0");
  await known(second);
  expect([await statusOf(old), await statusOf(first)]).toEqual([404, 404]);
});
