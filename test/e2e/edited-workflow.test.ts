import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type HoldingServer, startHoldingServer } from "../support/holding-server.ts";
import { type StackFolder, type StackProcess, stackFolder, startStack } from "./stack-process.ts";

const env = { HOOKLINE_ALLOW_PRIVATE_HOSTS: "127.0.0.1", HOOKLINE_RETRY_BASE_SECONDS: "1" };
let provider: HoldingServer;
let folder: StackFolder;
let stack: StackProcess;

const orders = (version: string) => `name: order
environment: [{ name: TAG_${version} }]
steps:
  - { type: http_call, url: "${provider.origin}/${version}", output_to: order }
  - { type: print, text: "\${env:TAG_${version}}" }
output: { version: ${version}, tag: "\${env:TAG_${version}}", order: "\${order}" }
`;

beforeAll(async () => {
  provider = await startHoldingServer();
  folder = stackFolder({ "order.yaml": orders("A") });
  writeFileSync(join(folder.path, ".env"), "TAG_A=first\nTAG_B=second\n");
  stack = await startStack(folder, env);
});
afterAll(async () => {
  await stack.end("SIGINT");
  await provider.stop();
  folder.remove();
});

const outputOf = async (id: string) => (await stack.ask("runs", "show", id)) as { readonly output: unknown };

test("a run that fails and comes back goes on with the text that it was accepted under; a new one takes the new text", async () => {
  const called = provider.nextCall();
  const first = await stack.accept("order", {});
  await called;
  folder.write("order.yaml", orders("B"));
  await stack.said("order.yaml was read");
  const again = provider.nextCall();
  provider.reply({}, 503);
  await again;
  provider.reply({ n: 1 });
  await stack.said(`${first}  succeeded`);
  expect(await outputOf(first)).toMatchObject({ output: { version: "A", tag: "first", order: { n: 1 } } });

  const next = provider.nextCall();
  const second = await stack.accept("order", {});
  await next;
  provider.reply({ n: 2 });
  await stack.said(`${second}  succeeded`);
  expect(await outputOf(second)).toMatchObject({ output: { version: "B", tag: "second" } });
  expect(provider.seen.map(({ url }) => url)).toEqual(["/A", "/A", "/B"]);
});

test("a run that is under way when its process dies finishes, though its file is gone at the next start", async () => {
  const called = provider.nextCall();
  const id = await stack.accept("order", {});
  await called;
  await stack.end("SIGKILL");
  rmSync(join(folder.path, "order.yaml"));
  const calledAgain = provider.nextCall();
  stack = await startStack(folder, env);
  await calledAgain;
  provider.reply({ n: 3 });
  await stack.said(`${id}  succeeded`);
  expect(await outputOf(id)).toMatchObject({ output: { version: "B", tag: "second", order: { n: 3 } } });
  expect(stack.workflows).toEqual([]);
});
