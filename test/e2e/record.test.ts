import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { hookline } from "../cli/hookline-process.ts";
import { type LoopbackServer, startLoopbackServer } from "../support/loopback-server.ts";
import { type StackProcess, stackFolder, startStack } from "./stack-process.ts";

const KEY = "a very secret key";
const ORDER = `name: order
environment:
  - API_URL
  - { name: API_KEY, secret: true }
history:
  redact: [card, ssn]
steps:
  - type: http_call
    id: price
    url: \${env:API_URL}/price/\${item}
    headers: { authorization: "Bearer \${env:API_KEY}" }
    retries: 1
    backoff_seconds: 0.01
    output_to: price
  - { type: add_timestamp, output_to: at }
  - { type: jq, query: ".price.amount * 2", output_to: total }
  - { type: set, values: { masked: "card \${card, none}" }, when: [{ field: masks, op: exists }] }
`;
const folder = stackFolder({ "order.yaml": ORDER });
const tests = join(folder.path, "order.test.yaml");
let server: LoopbackServer;
let stack: StackProcess;
let asked = 0;

beforeAll(async () => {
  server = await startLoopbackServer((request, response) => {
    asked += 1;
    response.statusCode = asked % 2 === 1 ? 503 : 200;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ amount: 21, seen: request.headers.authorization }));
  });
  folder.write(".env", `API_URL=${server.origin}\nAPI_KEY=${KEY}\nHOOKLINE_ALLOW_PRIVATE_HOSTS=127.0.0.1\n`);
  stack = await startStack(folder);
});
afterAll(async () => {
  await stack.end("SIGINT");
  await server.stop();
  folder.remove();
});

const command = (...args: string[]) => hookline(args, { cwd: folder.path });
const record = (...args: string[]) => command("record", ...args, "--data", folder.data, "--workflows", ".");
const run = async (event: object): Promise<string> => {
  const id = await stack.accept("order", event);
  await stack.said(`${id}  succeeded`);
  return id;
};

describe("a run of the local stack", () => {
  test("becomes a case that passes, without its secret", async () => {
    const id = await run({ item: "pen" });
    const { code, stderr } = await record(id, "--name", "a pen is priced");
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'order.test.yaml:3: "a pen is priced" was recorded and passes\n',
    });
    const text = readFileSync(tests, "utf8");
    expect(text).toContain(`# Recorded from run ${id} of `);
    expect(text).toContain(
      "- status: 503\n            - body:\n                amount: 21\n                seen: Bearer ***\n",
    );
    expect(text).toContain("at: { $any: true }");
    expect(text).not.toContain(KEY);
    expect(await command("test", "order.yaml")).toMatchObject({ code: 0 });
  });

  test("is added to the cases that are there, and only printed on request", async () => {
    const before = readFileSync(tests, "utf8");
    const id = await run({ item: "ink" });
    const printed = await record(id, "--out", "-");
    expect(printed).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^cases:\n {2}# Recorded from run/),
    });
    expect(readFileSync(tests, "utf8")).toBe(before);
    await record(id);
    const after = readFileSync(tests, "utf8");
    expect(after.startsWith(before)).toBe(true);
    expect((await command("test", ".")).stdout).toContain("2 passed  in 1 file");
  });

  test("may stand in another file, which then names its workflow, and in none of another workflow", async () => {
    folder.write("ink.test.yaml", "cases:\n  - name: x\n");
    const id = await run({ item: "ink" });
    expect(await record(id, "--out", "special.test.yaml")).toMatchObject({ code: 0 });
    expect(readFileSync(join(folder.path, "special.test.yaml"), "utf8")).toMatch(
      /^workflow: "order.yaml"\ncases:\n/,
    );
    expect(await command("test", "special.test.yaml")).toMatchObject({ code: 0 });
    expect(await record(id, "--out", "ink.test.yaml")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        "ink.test.yaml tests ink.yaml: name another file for runs of order by --out",
      ),
    });
    rmSync(join(folder.path, "ink.test.yaml"));
    expect(await record(id, "--out", ".")).toMatchObject({
      code: 2,
      stderr: "hookline: . cannot be read: it is a folder\n",
    });
  });

  test("is refused where it hangs on what history.redact blanked, with the paths", async () => {
    const id = await run({ item: "pad", card: "4111", masks: true });
    const { code, stderr } = await record(id, "--out", "other.test.yaml");
    expect(code).toBe(1);
    expect(stderr).toContain("its history was blanked by history.redact at card, and the run depends on it");
    expect(stderr).toContain("Nothing was written");
    expect(existsSync(join(folder.path, "other.test.yaml"))).toBe(false);
  });

  test("on another version says so, and what differs today", async () => {
    const id = await run({ item: "box" });
    folder.write("order.yaml", ORDER.replace("* 2", "* 3"));
    const { code, stderr } = await record(id, "--out", "today.test.yaml");
    folder.write("order.yaml", ORDER);
    expect(code).toBe(1);
    expect(stderr).toContain(`run ${id} ran on another version of order.yaml`);
    expect(stderr).toContain("does not pass on today's order.yaml");
    expect(stderr).toMatch(/state\.total {2}\(today\.test\.yaml:\d+\)\n\s+expected {2}42\n\s+got {7}63/);
  });
});

test("a run that is not there, or a folder without the workflow, is told", async () => {
  expect(await record("019d0c1e-0000-7000-8000-000000000000")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(
      'has no run 019d0c1e-0000-7000-8000-000000000000: see "hookline runs list"',
    ),
  });
  const id = await run({ item: "pen" });
  const elsewhere = await command("record", id, "--data", folder.data, "--workflows", "nowhere");
  expect(elsewhere).toMatchObject({ code: 2, stderr: expect.stringContaining("there is no folder nowhere") });
});
