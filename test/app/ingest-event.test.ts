import { describe, expect, test } from "@jest/globals";
import { workflowIdOf } from "../../lib/app/webhook-url.ts";
import { FlowError } from "../../lib/core/flow-error.ts";
import { createWorld, runIdOf, webhookPathIn } from "../support/world.ts";

const file = { steps: [{ type: "print", text: "hello" }] };
const bytes = (text: string) => new TextEncoder().encode(text);

describe("an event that is accepted", () => {
  test("is stored before it is answered, byte for byte", async () => {
    const world = createWorld({ file });
    const body = bytes('{ "n": 12345678901234567890 }\n');
    const answer = await world.post({}, { body });
    expect(answer).toMatchObject({ status: 202, body: { status: "queued" } });
    const run = await world.run(runIdOf(answer));
    expect(run.event.body).toEqual(body);
    expect(run).toMatchObject({ status: "queued", workflow: "example", attempt: 0 });
  });

  test("keeps neither the URL's hash nor the sender's credentials", async () => {
    const world = createWorld({ file });
    const headers = {
      "content-type": "application/json",
      authorization: "Bearer abc",
      cookie: "a=b",
      "x-event": "made",
    };
    const { event } = await world.run(runIdOf(await world.post({}, { headers })));
    expect(event.request.headers).toEqual({ ...headers, authorization: "***", cookie: "***" });
    expect(event.request.path).toMatch(/\/\*\*\*$/);
  });

  test.each(["text/plain", "application/octet-stream", "application/x-www-form-urlencoded", ""])(
    "may be of type %p",
    async (type) => {
      const world = createWorld({ file });
      expect((await world.post({}, { headers: { "content-type": type }, body: bytes("a=1&b") })).status).toBe(
        202,
      );
    },
  );

  test("may be empty", async () => {
    const world = createWorld({ file });
    expect((await world.post({}, { body: bytes("") })).status).toBe(202);
  });
});

describe("what is refused is not kept", () => {
  const right = webhookPathIn("example");
  const [, , , org, id, hash] = right.split("/") as string[];

  test.each([
    ["an unknown path", "/"],
    ["a path too short", `/v1/webhooks/${org}/${id}`],
    ["an unknown workflow", `/v1/webhooks/${org}/${workflowIdOf("test", "other")}/${hash}`],
    ["another organisation", `/v1/webhooks/org-2/${id}/${hash}`],
    ["a wrong hash", `/v1/webhooks/${org}/${id}/${"0".repeat(64)}`],
    ["a hash in capitals", `/v1/webhooks/${org}/${id}/${hash?.toUpperCase()}`],
    ["hostile text", "/v1/webhooks/../%00/\u{1F4A9}"],
  ])("%s: the same empty 404", async (_fact, path) => {
    const world = createWorld({ file });
    expect(await world.post({}, { path })).toEqual({ status: 404 });
    expect(await world.store.due(Number.POSITIVE_INFINITY, 10)).toEqual([]);
  });

  test.each([
    ['{"a": 1,}', 'line 1, column 9: expected key, found "}"'],
    ['{\n  "a": x}', 'line 2, column 8: expected value, found "x"'],
    ["[1, 2", "line 1, column 6: expected , or ], found the end"],
    ["nul", 'line 1, column 1: expected value, found "n"'],
    ['{"a": 1} {', 'line 1, column 10: expected end, found "{"'],
  ])("broken JSON %p: 400 with the position", async (text, message) => {
    const world = createWorld({ file });
    const answer = await world.post({}, { body: bytes(text) });
    expect(answer).toMatchObject({ status: 400, body: { error: expect.stringContaining(message) } });
  });

  test("JSON that is not UTF-8: 400", async () => {
    const world = createWorld({ file });
    const answer = await world.post({}, { body: Uint8Array.of(0x22, 0xff, 0x22) });
    expect(answer).toEqual({ status: 400, body: { error: "the body is not JSON: it is not valid UTF-8" } });
  });

  test("JSON nested deeper than anything here can walk: 400", async () => {
    const world = createWorld({ file });
    const nested = (depth: number) => bytes("[".repeat(depth) + "]".repeat(depth));
    const answer = await world.post({}, { body: nested(1_001) });
    expect(answer).toEqual({ status: 400, body: { error: "the body is nested more than 1000 levels deep" } });
    const run = await world.post({}, { body: nested(1_000) });
    await world.settle();
    expect((await world.run(runIdOf(run))).status).toBe("succeeded");
  });

  test.each([
    ["a body without a type that is JSON, and deeper", {}, 1_001, "", 400],
    ["the same, of numbers that have to be read by their digits", {}, 9_000, "12345678901234567890", 400],
    ["JSON, of such numbers", { "content-type": "application/json" }, 9_000, "12345678901234567890", 400],
    ["text, of any depth", { "content-type": "text/plain" }, 9_000, "", 202],
    ["no JSON, and without a type", {}, 9_000, "x", 202],
  ])("%s", async (_fact, headers, depth, inside, status) => {
    const world = createWorld({
      file: { input: { type: "http_webhook", dedupe: { key: "all" } }, steps: [] },
    });
    const body = bytes("[".repeat(depth) + inside + "]".repeat(depth));
    expect(await world.post({}, { body, headers })).toMatchObject({ status });
    await world.settle();
    expect((await world.store.due(Number.POSITIVE_INFINITY, 10)).length).toBe(0);
  });

  test("a body over the limit: 413 with both sizes", async () => {
    const world = createWorld({ file });
    Object.assign(world.ingest, { maxBodyBytes: 1_000 });
    const answer = await world.post({}, { body: bytes(`"${"x".repeat(1_000)}"`) });
    expect(answer).toMatchObject({
      status: 413,
      body: { error: expect.stringContaining("1002 bytes, more than the 1000") },
    });
  });

  test("a store in trouble: 503 with Retry-After", async () => {
    const down = async () => {
      throw new FlowError("connection", "no store");
    };
    const world = createWorld({ file, wrapStore: (store) => ({ ...store, create: down }) });
    expect(await world.post({})).toMatchObject({ status: 503, headers: { "retry-after": "5" } });
  });

  test("a queue in trouble: 503 with Retry-After, and the stored run is taken back", async () => {
    const down = async () => {
      throw new FlowError("connection", "no queue");
    };
    const world = createWorld({ file, wrapQueue: (queue) => ({ ...queue, send: down }) });
    expect(await world.post({})).toMatchObject({ status: 503, headers: { "retry-after": "5" } });
    expect(await world.store.due(Number.POSITIVE_INFINITY, 10)).toEqual([]);
  });
});

describe("P1 an answer that got lost", () => {
  const lost = () => new FlowError("connection", "the answer got lost");

  test("of the store: 503, and what was stored is taken back", async () => {
    const world = createWorld({
      file,
      wrapStore: (store) => ({
        ...store,
        async create(run) {
          await store.create(run);
          throw lost();
        },
      }),
    });
    expect(await world.post({})).toMatchObject({ status: 503 });
    expect(await world.store.due(Number.POSITIVE_INFINITY, 10)).toEqual([]);
  });

  test("of the queue, when a runner has the run already: 202, for it will end", async () => {
    let taken = async (): Promise<unknown> => undefined;
    const world = createWorld({
      file,
      wrapQueue: (queue) => ({
        ...queue,
        async send(message) {
          await queue.send(message);
          await taken();
          throw lost();
        },
      }),
    });
    taken = () => world.invoke();
    const runId = runIdOf(await world.post({}));
    expect(await world.run(runId)).toMatchObject({ status: "succeeded" });
  });
});
