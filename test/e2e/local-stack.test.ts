import { mkdirSync, readdirSync, renameSync, rmSync, statSync, symlinkSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { hookline } from "../cli/hookline-process.ts";
import { type StackProcess, stackFolder, startStack } from "./stack-process.ts";

const GREET = `name: greet
steps:
  - { type: filter, conditions: [{ field: name, op: exists }] }
  - { type: jq, query: '"Hello " + .name', output_to: greeting }
  - { type: print, text: "\${greeting}" }
`;
const folder = stackFolder({
  "greet.yaml": GREET,
  "needs-a-key.yaml": "name: needs-a-key\nsteps:\n  - { type: print, text: '${env:SOME_KEY}' }\n",
  "broken.yaml": "name: broken\nsteps:\n  - type: prnt\n",
  "nightly.yaml":
    "name: nightly\ninput: { type: cron, cron: '0 0 1 1 *', start_now: true, payload: { at: night } }\nsteps: []\n",
  "orders.yaml":
    "name: orders\nenvironment: [ORDERS_QUEUE]\ninput: { type: sqs, queue: '${env:ORDERS_QUEUE}' }\nsteps: []\n",
  ".env.local": "ORDERS_QUEUE=arn:aws:sqs:eu-west-1:123456789012:orders\n",
  "bills.yaml": "name: bills\ninput: { type: email, to: bills@in.example.com }\nsteps: []\n",
  "placed.yaml":
    "name: placed\ninput: { type: eventbridge, pattern: { source: [{ prefix: shop }] } }\nsteps: []\n",
  "uploads.yaml": "name: uploads\ninput: { type: s3, bucket: uploads, prefix: in/ }\nsteps: []\n",
});
let stack: StackProcess;

beforeAll(async () => {
  stack = await startStack(folder, { HOOKLINE_MAX_BODY_BYTES: "1000" });
});
afterAll(async () => {
  await stack.end("SIGINT");
  folder.remove();
});

describe("from webhook to history", () => {
  test("a webhook becomes a finished run that runs show tells about", async () => {
    const id = await stack.accept("greet", { name: "World" });
    await stack.said(`${id}  succeeded`);
    const run = await stack.ask("runs", "show", id);
    expect(run).toMatchObject({
      run_id: id,
      status: "succeeded",
      state: { name: "World", greeting: "Hello World" },
      output: { name: "World", greeting: "Hello World" },
      error: null,
      steps: [
        { path: "0", type: "filter", status: "ok" },
        { path: "1", type: "jq", status: "ok" },
        { path: "2", type: "print", status: "ok", logs: [{ message: "Hello World" }] },
      ],
    });
  });

  test("what it keeps is for its user alone, also in a folder that is open to others", () => {
    const kept = readdirSync(folder.data, { recursive: true, encoding: "utf8" });
    expect(kept).toContain(join("logs", "local.log"));
    expect(kept.filter((name) => (statSync(join(folder.data, name)).mode & 0o077) !== 0)).toEqual([]);
  });

  test("a filter that does not pass drops the run, and runs list finds it by its status", async () => {
    const id = await stack.accept("greet", {});
    await stack.said(`${id}  dropped`);
    expect(await stack.ask("runs", "list", "--workflow", "greet", "--status", "dropped")).toMatchObject([
      { run_id: id, workflow: "greet", status: "dropped" },
    ]);
  });

  test("a run whose environment is incomplete fails before its first step and names what is missing", async () => {
    await stack.said("needs-a-key cannot run yet: no value for SOME_KEY");
    const id = await stack.accept("needs-a-key", {});
    await stack.said(`${id}  failed`);
    expect(await stack.ask("runs", "show", id)).toMatchObject({
      status: "failed",
      error: { class: "config_error", message: expect.stringContaining("SOME_KEY") },
      steps: [],
    });
  });

  test("a value in .env serves the next run", async () => {
    folder.write(".env", "SOME_KEY=open sesame\n");
    let line = "";
    while (!line.includes("succeeded")) {
      const id = await stack.accept("needs-a-key", {});
      line = await stack.said(`${id}  `);
    }
    expect(line).toContain("needs-a-key");
  });

  test("a cron workflow that starts now has run, has no webhook, and url says so", async () => {
    await stack.said("nightly  ");
    expect(await stack.ask("runs", "list", "--workflow", "nightly")).toMatchObject([{ status: "succeeded" }]);
    expect(stack.workflows.map(({ name }) => name)).toEqual(["greet", "needs-a-key"]);
    const { code, stderr } = await hookline(["url", "nightly", "--data", folder.data]);
    expect([code, stderr]).toEqual([2, 'hookline: "nightly" has no webhook: its input is cron\n']);
  });

  test("trigger brings a message, an event, an object and a mail as their services would", async () => {
    const trigger = (name: string, ...more: string[]) =>
      hookline(["trigger", name, "--data", folder.data, ...more], { cwd: folder.path });
    folder.write("message.json", '{"id": 12345678901234567890}');
    folder.write("event.json", '{"id": "e-1", "time": "2026-01-02T03:04:05Z", "detail": {"id": 7}}');
    const [orders, placed, uploads, bills] = await Promise.all([
      trigger("orders", "--event", join(folder.path, "message.json")),
      trigger("placed", "--event", join(folder.path, "event.json")),
      trigger("uploads"),
      trigger("bills"),
    ]);
    expect([orders.code, orders.stderr]).toEqual([
      0,
      expect.stringMatching(/^Message \S+ is in the queue orders/),
    ]);
    await stack.said("orders  ");
    expect(await stack.ask("runs", "list", "--workflow", "orders")).toMatchObject([{ status: "succeeded" }]);
    for (const [{ stdout }, state] of [
      [placed, { source: "shop", detail: { id: 7 } }],
      [uploads, { event: "created", bucket: "uploads", key: "in/sample" }],
      [bills, { to: [{ address: "bills@in.example.com" }], subject: "A sample" }],
    ] as const) {
      const id = stdout.trim();
      await stack.said(`${id}  succeeded`);
      expect(await stack.ask("runs", "show", id)).toMatchObject({ status: "succeeded", state });
    }
    const webhook = await trigger("greet");
    expect([webhook.code, webhook.stderr]).toEqual([
      2,
      'hookline: "greet" has a webhook: post to "$(hookline url greet)"\n',
    ]);
  });

  test("url prints the webhook's URL alone", async () => {
    const { code, stdout } = await hookline(["url", "greet", "--data", folder.data]);
    expect([code, stdout]).toEqual([0, `${stack.workflows[0]?.url}\n`]);
  });

  test("runs list without --json is a table", async () => {
    const { code, stdout } = await hookline(["runs", "list", "--limit", "1", "--data", folder.data]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^CREATED +WORKFLOW +RUN +STATUS +TOOK +ERROR\n\d{4}-\d\d-\d\dT[\d:]+[+-]\d\d:\d\d +\S+ +[0-9a-f-]{36} +\w+ +.*\n$/,
    );
  });

  test("runs show of an unknown run is one sentence and exit code 2", async () => {
    const { code, stdout, stderr } = await hookline(["runs", "show", "no-such-run", "--data", folder.data]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toBe('hookline: the stage "local" has no run no-such-run: see "hookline runs list"\n');
  });
});

describe("bad input", () => {
  test("broken JSON is 400 with the position", async () => {
    const answer = await stack.post("greet", '{\n  "name": }');
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain("line 2, column 11");
  });

  test("an unknown path and a wrong hash are the same empty 404", async () => {
    const url = stack.workflows[0]?.url ?? "";
    const wrong = [
      `${stack.url}/nothing/here`,
      url.replace(/.$/, (last) => (last === "0" ? "1" : "0")),
      `${url}/more`,
    ];
    for (const one of wrong) {
      const answer = await fetch(one, { method: "POST", body: "{}" });
      expect([answer.status, await answer.text()]).toEqual([404, ""]);
    }
  });

  test("only POST reaches a workflow: opening or prefetching its URL starts nothing", async () => {
    for (const method of ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"]) {
      const answer = await fetch(stack.workflows[0]?.url ?? "", { method });
      expect([method, answer.status, await answer.text()]).toEqual([method, 404, ""]);
    }
  });

  test("a body over the limit is 413, announced or not", async () => {
    const announced = await stack.post("greet", { name: "x".repeat(2_000) });
    expect(announced.status).toBe(413);
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode("x".repeat(2_000)));
        controller.close();
      },
    });
    const request: RequestInit & { duplex: "half" } = { method: "POST", body, duplex: "half" };
    expect((await fetch(stack.workflows[0]?.url ?? "", request)).status).toBe(413);
  });

  test("clients that break off or talk nonsense leave the stack serving", async () => {
    for (const bytes of [
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nshort",
      "\0\0nonsense\r\n\r\n",
      "",
    ]) {
      const socket = connect(Number(new URL(stack.url).port), "127.0.0.1");
      socket.on("error", () => {});
      await new Promise((resolve) => socket.write(bytes, resolve));
      socket.destroy();
    }
    expect((await fetch(stack.url)).status).toBe(200);
  });
});

describe("workflow files", () => {
  test("a broken file is shown with its place and does not keep the others from serving", async () => {
    await stack.said("broken.yaml:3:11");
    await stack.said("broken.yaml does not serve until it is mended");
  });

  test("a changed file serves at once, and its last good version when it breaks", async () => {
    folder.write("greet.yaml", GREET.replace("Hello", "Welcome"));
    await stack.said("greet.yaml was read");
    const changed = await stack.accept("greet", { name: "you" });
    await stack.said(`${changed}  succeeded`);
    expect(await stack.ask("runs", "show", changed)).toMatchObject({ state: { greeting: "Welcome you" } });

    folder.write("greet.yaml", GREET.replace("type: jq", "type: jk"));
    await stack.said("The last good version of greet goes on serving");
    const kept = await stack.accept("greet", { name: "you" });
    await stack.said(`${kept}  succeeded`);
    expect(await stack.ask("runs", "show", kept)).toMatchObject({ state: { greeting: "Welcome you" } });
  });

  test("a new file serves without a restart", async () => {
    folder.write("added.yaml", "name: added\nsteps: []\n");
    const line = await stack.said("added.yaml was read");
    const url = line.split(" ").at(-1) ?? "";
    expect((await fetch(url, { method: "POST", body: "{}" })).status).toBe(202);
  });

  test("a folder, or a link to nothing, named like a workflow file is said and keeps no other file from being read", async () => {
    mkdirSync(join(folder.path, "trap.yaml"));
    symlinkSync("/nowhere", join(folder.path, "link.yaml"));
    expect(await stack.said("trap.yaml:1:1")).toContain("the file cannot be read: it is a folder");
    expect(await stack.said("link.yaml:1:1")).toContain("the file cannot be read: there is no such file");
    folder.write("beside.yaml", "name: beside\nsteps: []\n");
    await stack.said("beside.yaml was read: beside  http");
  });

  test("a .env that cannot be read any more is said, and ends nothing", async () => {
    rmSync(join(folder.path, ".env"));
    mkdirSync(join(folder.path, ".env"));
    folder.write("later.yaml", "name: later\nsteps: []\n");
    await stack.said("A change could not take effect: .env cannot be read: it is a folder");
    expect((await fetch(stack.url)).status).toBe(200);
    rmSync(join(folder.path, ".env"), { recursive: true });
  });

  test("a folder that is replaced by another of its name goes on being watched", async () => {
    renameSync(folder.path, `${folder.path}-before`);
    mkdirSync(folder.path);
    renameSync(join(`${folder.path}-before`, "data"), folder.data);
    rmSync(`${folder.path}-before`, { recursive: true });
    await stack.said("greet.yaml is gone");
    folder.write("second.yaml", "name: second\nsteps: []\n");
    await stack.said("second.yaml was read: second  http");
  });
});

describe("what cannot start", () => {
  test("a second stack on one folder is refused in one sentence", async () => {
    const { code, stderr } = await hookline([
      "start",
      "--port",
      "0",
      "--data",
      folder.data,
      "--workflows",
      folder.path,
    ]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^hookline: a local stack \(process \d+\) already works on .*--data\n$/);
  });

  test("a port that is taken is said in one sentence with the way out", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as AddressInfo;
    const free = stackFolder({});
    const args = ["start", "--port", String(port), "--data", free.data, "--workflows", free.path];
    const { code, stderr } = await hookline(args);
    expect([code, stderr]).toEqual([
      2,
      `hookline: port ${port} is taken: stop what listens there, or choose another with --port\n`,
    ]);
    other.close();
    free.remove();
  });

  test("a .env that cannot be read, and a folder that takes no data, are one sentence each", async () => {
    const bad = stackFolder({ "a-file": "" });
    mkdirSync(join(bad.path, ".env"));
    const args = ["start", "--port", "0", "--workflows", bad.path, "--data"];
    const unread = await hookline([...args, bad.data], { cwd: bad.path });
    expect([unread.code, unread.stderr]).toEqual([2, "hookline: .env cannot be read: it is a folder\n"]);
    const unusable = await hookline([...args, join(bad.path, "a-file")]);
    expect(unusable.code).toBe(2);
    expect(unusable.stderr).toMatch(/^hookline: nothing can be written into .*a-file \(E\w+\): .*--data\n$/);
    bad.remove();
  });

  test("a folder without a stack, and a folder without workflows, are one sentence each", async () => {
    const empty = stackFolder({});
    const list = await hookline(["runs", "list", "--data", empty.data]);
    expect(list.code).toBe(2);
    expect(list.stderr).toMatch(/^hookline: no local stack runs on .*npm start.*\n$/);
    const start = await hookline([
      "start",
      "--port",
      "0",
      "--data",
      empty.data,
      "--workflows",
      `${empty.path}/none`,
    ]);
    expect(start.code).toBe(2);
    expect(start.stderr).toMatch(/^hookline: there is no folder .*--workflows\n$/);
    empty.remove();
  });
});
