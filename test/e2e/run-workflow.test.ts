import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type HoldingServer, startHoldingServer } from "../support/holding-server.ts";
import { type StackFolder, type StackProcess, stackFolder, startStack } from "./stack-process.ts";

const env = { HOOKLINE_ALLOW_PRIVATE_HOSTS: "127.0.0.1" };
let provider: HoldingServer;
let folder: StackFolder;
let stack: StackProcess;

beforeAll(async () => {
  provider = await startHoldingServer();
  folder = stackFolder({
    "order.yaml": `name: order
output: { invoice: "\${invoice.number}" }
steps:
  - { type: run_workflow, name: invoice, event: { id: "\${id}" }, output_to: invoice }
  - { type: print, text: "invoice \${invoice.number}" }
`,
    "invoice.yaml": `name: invoice
output: { number: "\${http.number}" }
steps:
  - { type: http_call, method: POST, url: "${provider.origin}/invoices/\${id}" }
`,
    "misspelt.yaml": "name: misspelt\nsteps:\n  - { type: run_workflow, name: invoise }\n",
  });
  stack = await startStack(folder, env);
});
afterAll(async () => {
  await stack.end("SIGINT");
  await provider.stop();
  folder.remove();
});

/** The order's run and the invoice's, each as `runs show` tells it, linked to each other. */
async function bothOf(id: string): Promise<readonly [object, object]> {
  const order = (await stack.ask("runs", "show", id)) as { children: { run_id: string; path: string }[] };
  const [child, ...others] = order.children;
  expect(others).toEqual([]);
  const invoice = (await stack.ask("runs", "show", child?.run_id ?? "")) as { parent: object };
  expect(child?.path).toBe("0");
  expect(invoice.parent).toEqual({ run_id: id, path: "0" });
  return [order, invoice];
}

test("one workflow runs another over the real queue, and runs show tells each of the other", async () => {
  const called = provider.nextCall();
  const id = await stack.accept("order", { id: 7 });
  await called;
  provider.reply({ number: 70 });
  await stack.said(`${id}  succeeded`);
  const [order, invoice] = await bothOf(id);
  expect(order).toMatchObject({ status: "succeeded", output: { invoice: 70 }, attempts: 1, parent: null });
  expect(invoice).toMatchObject({ status: "succeeded", workflow: "invoice", children: [] });
  expect(provider.seen.map(({ method, url }) => `${method} ${url}`)).toEqual(["POST /invoices/7"]);
});

test("one that takes longer is waited for outside of any process, and its end wakes the other", async () => {
  const called = provider.nextCall();
  const id = await stack.accept("order", { id: 8 });
  await called;
  await stack.said(`${id}  paused`);
  expect(await stack.ask("runs", "show", id)).toMatchObject({ status: "waiting" });
  provider.reply({ number: 80 });
  await stack.said(`${id}  succeeded`);
  const [order] = await bothOf(id);
  expect(order).toMatchObject({ output: { invoice: 80 }, attempts: 2 });
});

test("a stack that is killed in between finds the same other run when it is back", async () => {
  const called = provider.nextCall();
  const id = await stack.accept("order", { id: 9 });
  await called;
  await stack.said(`${id}  paused`);
  await stack.end("SIGKILL");
  const calledAgain = provider.nextCall();
  stack = await startStack(folder, env);
  await calledAgain;
  provider.reply({ number: 90 });
  await stack.said(`${id}  succeeded`);
  const [order, invoice] = await bothOf(id);
  expect(order).toMatchObject({ status: "succeeded", output: { invoice: 90 } });
  expect(invoice).toMatchObject({ status: "succeeded", attempts: 2 });
});

test("a name that no file has is warned of at the start, and until the file is there", async () => {
  await stack.said('misspelt.yaml:3:33: warning: there is no workflow "invoise" here');
  folder.write("invoise.yaml", "name: invoise\nsteps: []\n");
  await stack.said("misspelt.yaml was read");
  const id = await stack.accept("misspelt", {});
  await stack.said(`${id}  succeeded`);
});
