import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { hookline } from "../cli/hookline-process.ts";
import { type LoopbackServer, startLoopbackServer } from "../support/loopback-server.ts";
import { type StackFolder, type StackProcess, stackFolder, startStack } from "./stack-process.ts";

const ITEMS = 1_200;
const env = { HOOKLINE_ALLOW_PRIVATE_HOSTS: "127.0.0.1" };
const keys: string[] = [];
let onCall = (_call: number): void => {};
let server: LoopbackServer;
let folder: StackFolder;
let stack: StackProcess;

beforeAll(async () => {
  server = await startLoopbackServer((request, response) => {
    onCall(keys.push(String(request.headers["idempotency-key"])));
    const failed = request.url === "/items/13";
    response.statusCode = failed ? 410 : 200;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ name: request.url?.slice("/items/".length) }));
  });
  const call = `{ type: http_call, url: "${server.origin}/items/\${item}", output_to: http }`;
  folder = stackFolder({
    "many.yaml": `name: many
output: { first: "\${names.0}", last: "\${names.${ITEMS - 1}}", failed: "\${names.13.error_details.status}" }
steps:
  - type: for_each
    id: each
    input_from: ids
    item_scope: isolated
    tolerate: { count: 1 }
    steps: [${call}]
    result_from: http.name
    output_to: names
`,
    "few.yaml": `name: few
steps:
  - { type: for_each, id: each, input_from: ids, mode: distributed, chunk_size: 2, steps: [${call}], output_to: all }
`,
  });
  stack = await startStack(folder, env);
});
afterAll(async () => {
  await stack.end("SIGINT");
  await server.stop();
  folder.remove();
});

test("a loop over more than 1000 items runs in chunks on the queue, also when the stack is killed meanwhile", async () => {
  const halfway = new Promise<void>((resolve) => {
    onCall = (call) => call === ITEMS / 2 && resolve();
  });
  const id = await stack.accept("many", { ids: Array.from({ length: ITEMS }, (_none, index) => index) });
  await halfway;
  await stack.end("SIGKILL");
  stack = await startStack(folder, env);
  await stack.said(`${id}  succeeded`);
  const run = await stack.ask("runs", "show", id);
  expect(run).toMatchObject({
    status: "succeeded",
    output: { first: "0", last: String(ITEMS - 1), failed: 410 },
    loops: [
      { path: "0", id: "each", chunks: 24, ended: 24, failed: 1, failed_run_ids: [expect.any(String)] },
    ],
  });
  // A call whose answer the killed process had not stored is made once more, with the same key.
  expect(new Set(keys).size).toBe(ITEMS);
  const [loop] = (run as { loops: { first_run_id: string; failed_run_ids: string[] }[] }).loops;
  expect(await stack.ask("runs", "show", loop?.failed_run_ids[0] ?? "")).toMatchObject({
    status: "failed",
    parent: { run_id: id, path: "0" },
    chunk: { number: 0, of: 24, first_item: 0 },
    error: { step: "0.items.13.0", class: "client_error" },
  });
});

test("a recording of such a run holds the answers that its items got", async () => {
  const id = await stack.accept("few", { ids: ["a", "b", "c"] });
  await stack.said(`${id}  succeeded`);
  const place = ["--data", folder.data, "--workflows", "."];
  const { code, stderr, stdout } = await hookline(["record", id, "--out", "-", ...place], {
    cwd: folder.path,
  });
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining("passes") });
  for (const name of ["a", "b", "c"]) expect(stdout).toContain(`name: ${name}`);
});
