import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { hookline } from "../cli/hookline-process.ts";
import { type LoopbackServer, startLoopbackServer } from "../support/loopback-server.ts";
import { type StackFolder, type StackProcess, stackFolder, startStack } from "./stack-process.ts";

/** What a double, UTF-8 or a prototype would change, as JSON text. */
const EVENT = [
  '{"id":12345678901234567890,"price":0.1000000000000000055511151231257827,"huge":1e400',
  '"half":"a\\ud800","nul":"x\\u0000y","__proto__":{"admin":true},"constructor":"c","toString":"t","":"empty"',
  `"deep":${"[".repeat(90)}9007199254740993${"]".repeat(90)}}`,
].join();

const WORKFLOW = (origin: string) => `
name: echo
steps:
  - { type: http_call, url: "${origin}/echo", method: POST, body: "\${input}", output_to: echoed }
  - { type: print, text: "\${echoed.id} \${echoed.price}", fields: [echoed] }
  - { type: set, values: { copy: "\${echoed}" } }
output: "\${copy}"
`;

let server: LoopbackServer;
let folder: StackFolder;
let stack: StackProcess;

beforeAll(async () => {
  server = await startLoopbackServer(({ body }, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end(body);
  });
  folder = stackFolder({ "echo.yaml": WORKFLOW(server.origin) });
  stack = await startStack(folder, { HOOKLINE_ALLOW_PRIVATE_HOSTS: "127.0.0.1" });
});
afterAll(async () => {
  await stack.end("SIGINT");
  await server.stop();
  folder.remove();
});

test("numbers, odd text and odd keys go from webhook to server, back, into state, log, output and history as they came", async () => {
  const id = await stack.accept("echo", EVENT);
  await stack.said(`${id}  succeeded`);
  expect(server.seen.map(({ body }) => body)).toEqual([EVENT]);
  const { stdout } = await hookline(["runs", "show", id, "--data", folder.data, "--json"]);
  for (const part of [
    `"output":${EVENT}`,
    `"echoed":${EVENT}`,
    `"copy":${EVENT}`,
    `"fields":{"echoed":${EVENT}}`,
  ])
    expect(stdout).toContain(part);
  expect(stdout).toContain('"message":"12345678901234567890 0.1000000000000000055511151231257827"');
});
