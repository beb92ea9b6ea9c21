import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { isAlive } from "../../lib/local/process-identity.ts";
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
steps:
  - { type: add_timestamp, output_to: taken_at }
  - { type: http_call, method: POST, url: "${provider.origin}/orders", body: { id: "\${id}" }, output_to: order }
  - { type: print, text: "order \${order.number}" }
`,
  });
});
afterAll(async () => {
  await stack.end("SIGINT");
  await provider.stop();
  folder.remove();
});

describe("a stack that ends and starts again", () => {
  test("a run that was under way at a SIGKILL goes on at once, with the same idempotency key", async () => {
    stack = await startStack(folder, env);
    const called = provider.nextCall();
    const id = await stack.accept("order", { id: 7 });
    await called;
    await stack.end("SIGKILL");

    const calledAgain = provider.nextCall();
    stack = await startStack(folder, env);
    await stack.said("The last time it ended without having been stopped");
    await calledAgain;
    provider.reply({ number: 70 });
    await stack.said(`${id}  succeeded`);
    const run = await stack.ask("runs", "show", id);
    expect(run).toMatchObject({ status: "succeeded", attempts: 2, state: { order: { number: 70 } } });
    const keys = provider.seen.map(({ headers }) => headers["idempotency-key"]);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
  });

  test("when only its runner dies, the run goes on at once in the next one, with the same idempotency key", async () => {
    const before = provider.seen.length;
    const called = provider.nextCall();
    const id = await stack.accept("order", { id: 71 });
    await called;
    const calledAgain = provider.nextCall();
    process.kill(stack.servers.runner, "SIGKILL");
    await stack.said("The runner died (SIGKILL)");
    await calledAgain;
    provider.reply({ number: 71 });
    await stack.said(`${id}  succeeded`);
    expect(await stack.ask("runs", "show", id)).toMatchObject({ status: "succeeded", attempts: 2 });
    const keys = provider.seen.slice(before).map(({ headers }) => headers["idempotency-key"]);
    expect([keys.length, new Set(keys).size]).toEqual([2, 1]);
  });

  test("its servers end with it, also at a SIGKILL", async () => {
    const before = Object.values(stack.endpoints);
    const { runner } = stack.servers;
    await stack.end("SIGKILL");
    while (isAlive({ pid: runner, started: null })) await setImmediate();
    stack = await startStack(folder, env);
    for (const endpoint of before) await expect(fetch(endpoint)).rejects.toThrow("fetch failed");
  });

  test("Ctrl-C lets a step under way end and exits with 0; its run goes on behind it at the next start", async () => {
    const called = provider.nextCall();
    const before = provider.seen.length;
    const id = await stack.accept("order", { id: 8 });
    await called;
    const ended = stack.end("SIGINT");
    await stack.said("Stopping");
    const log = join(folder.data, "logs", "local.log");
    while (!readFileSync(log, "utf8").includes("the runner stops")) await setImmediate();
    provider.reply({ number: 80 });
    expect(await ended).toBe(0);
    stack = await startStack(folder, env);
    await stack.said(`${id}  succeeded`);
    expect(await stack.ask("runs", "show", id)).toMatchObject({ status: "succeeded", attempts: 2 });
    expect(provider.seen.length).toBe(before + 1);
  });

  test("a second Ctrl-C ends it at once", async () => {
    const called = provider.nextCall();
    await stack.accept("order", { id: 9 });
    await called;
    const ended = stack.end("SIGINT");
    const again = setInterval(() => void stack.end("SIGINT"), 100);
    expect(await ended).toBe(130);
    clearInterval(again);
    const calledAgain = provider.nextCall();
    stack = await startStack(folder, env);
    await calledAgain;
    provider.reply({ number: 90 });
  });
});
