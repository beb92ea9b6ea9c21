import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type StackFolder, type StackProcess, stackFolder, startStack } from "./stack-process.ts";

const env = { HOOKLINE_ALLOW_PRIVATE_HOSTS: "127.0.0.1" };
const calls: IncomingMessage[] = [];
const held: ServerResponse[] = [];
const provider = createServer((request, response) => {
  calls.push(request);
  held.push(response);
  provider.emit("call");
});
let folder: StackFolder;
let stack: StackProcess;

beforeAll(async () => {
  provider.listen(0, "127.0.0.1");
  await once(provider, "listening");
  const { port } = provider.address() as AddressInfo;
  folder = stackFolder({
    "order.yaml": `name: order
steps:
  - { type: add_timestamp, output_to: taken_at }
  - { type: http_call, method: POST, url: "http://127.0.0.1:${port}/orders", body: { id: "\${id}" }, output_to: order }
  - { type: print, text: "order \${order.number}" }
`,
  });
});
afterAll(async () => {
  await stack.end("SIGINT");
  provider.closeAllConnections();
  provider.close();
  folder.remove();
});

const nextCall = () => once(provider, "call");
const reply = (number: number) =>
  held.pop()?.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ number }));

describe("a stack that ends and starts again", () => {
  test("a run that was under way at a SIGKILL goes on at once, with the same idempotency key", async () => {
    stack = await startStack(folder, env);
    const called = nextCall();
    const id = await stack.accept("order", { id: 7 });
    await called;
    await stack.end("SIGKILL");

    const calledAgain = nextCall();
    stack = await startStack(folder, env);
    await calledAgain;
    reply(70);
    await stack.said(`${id}  succeeded`);
    const run = await stack.ask("runs", "show", id);
    expect(run).toMatchObject({ status: "succeeded", attempts: 2, state: { order: { number: 70 } } });
    const keys = calls.map(({ headers }) => headers["idempotency-key"]);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
  });

  test("its servers end with it, also at a SIGKILL", async () => {
    const before = Object.values(stack.endpoints);
    await stack.end("SIGKILL");
    stack = await startStack(folder, env);
    for (const endpoint of before) await expect(fetch(endpoint)).rejects.toThrow("fetch failed");
  });

  test("Ctrl-C lets a step under way end and exits with 0; its run goes on behind it at the next start", async () => {
    const called = nextCall();
    const before = calls.length;
    const id = await stack.accept("order", { id: 8 });
    await called;
    const ended = stack.end("SIGINT");
    await stack.said("Stopping");
    reply(80);
    expect(await ended).toBe(0);
    stack = await startStack(folder, env);
    await stack.said(`${id}  succeeded`);
    expect(await stack.ask("runs", "show", id)).toMatchObject({ status: "succeeded", attempts: 2 });
    expect(calls.length).toBe(before + 1);
  });

  test("a second Ctrl-C ends it at once", async () => {
    const called = nextCall();
    await stack.accept("order", { id: 9 });
    await called;
    const ended = stack.end("SIGINT");
    const again = setInterval(() => void stack.end("SIGINT"), 100);
    expect(await ended).toBe(130);
    clearInterval(again);
    const calledAgain = nextCall();
    stack = await startStack(folder, env);
    await calledAgain;
    reply(90);
  });
});
