import { describe, expect, test } from "@jest/globals";
import { createConsoleWorld, fieldsOf, TOKENS } from "../support/console-world.ts";

const PATH = "/workflows/example/test";
const order = {
  input: {
    type: "http_webhook",
    verify: "github",
    dedupe: { key: "${id}", window: 60 },
    filter: [{ field: "total", op: "gt", value: 10 }],
  },
  steps: [{ type: "print", text: "order ${id} of ${request.headers.x-shop}" }],
};
const JSON_TYPE = "content-type: application/json";

function consoleOf(file: Record<string, unknown>, more: Parameters<typeof createConsoleWorld>[1] = {}) {
  const there = createConsoleWorld(
    { file: file as typeof order, secrets: { GITHUB_WEBHOOK_SECRET: "of the test" } },
    more,
  );
  return {
    ...there,
    async send(body: string, headers = JSON_TYPE) {
      const fields = fieldsOf((await there.get(PATH)).text, PATH);
      return there.post(PATH, { ...fields, body, headers });
    },
  };
}
const runIn = (location: string | null) => /^\/runs\/([0-9a-f-]{36})$/.exec(location ?? "")?.[1] ?? "";

test("a test event becomes a run of its own, without the service's signature, that says what it is", async () => {
  const { send, get, world } = consoleOf(order);
  const { status, headers } = await send('{ "id": 1, "total": 11 }', `${JSON_TYPE}\r\nX-Shop: north\r\n`);
  expect(status).toBe(303);
  await world.settle();
  const run = await world.run(runIn(headers.get("location")));
  expect(run).toMatchObject({ status: "succeeded", delivery: { isTest: true } });
  expect(run.journal[0]?.logs).toMatchObject([{ message: "order 1 of north" }]);
  expect((await get(headers.get("location") ?? "")).text).toContain("(test event)");
  expect((await get("/deliveries")).text).toContain("(test event)");
});

describe("what a workflow does not take is said, and what was written stays", () => {
  const schema = { type: "object", properties: { id: { type: "integer" } }, required: ["id", "total"] };
  const judged = { ...order, input: { ...order.input, schema } };
  const count = async ({ world }: ReturnType<typeof consoleOf>) => {
    const query = { workflows: ["example"], since: 0, until: world.clock.now(), limit: 10 };
    return (await world.store.list(query)).length;
  };

  test.each([
    ["what is no JSON", "{ id: 1 }", 400, "is not JSON"],
    ["what does not fit the schema", '{ "id": "one" }', 422, "<code>#/id</code>"],
    ["what nests too deep", "[".repeat(2_000) + "]".repeat(2_000), 400, "levels deep"],
  ])("%s", async (_what, body, expected, word) => {
    const there = consoleOf(judged);
    const { status, text } = await there.send(body);
    expect(status).toBe(expected);
    expect(text).toContain(word);
    expect(text).toContain(body.slice(0, 40).replaceAll('"', "&quot;"));
    expect(await count(there)).toBe(0);
  });

  test("what the filter drops", async () => {
    const { send, world } = consoleOf(order);
    const { status, text } = await send('{ "id": 1, "total": 9 }');
    expect(status).toBe(422);
    expect(text).toContain("input.filter: total gt 10 does not hold");
    expect((await world.run(/\/runs\/([0-9a-f-]{36})/.exec(text)?.[1] ?? "")).status).toBe("dropped");
  });

  test("the same delivery once more", async () => {
    const there = consoleOf(order);
    const first = await there.send('{ "id": 1, "total": 11 }');
    const { status, text } = await there.send('{ "id": 1, "total": 11 }');
    expect(status).toBe(409);
    expect(text).toContain(`/runs/${runIn(first.headers.get("location"))}`);
    expect(await count(there)).toBe(1);
  });

  test("more than a rate has turns for", async () => {
    const there = consoleOf({
      ...order,
      input: { type: "http_webhook", limits: { rate: { count: 1, per: 60 } } },
    });
    expect((await there.send("{}")).status).toBe(303);
    expect(await there.send("{}")).toMatchObject({
      status: 429,
      text: expect.stringContaining("too many deliveries"),
    });
  });

  test("a body that is too large", async () => {
    const there = consoleOf(order);
    Object.assign(there.world.ingest, { maxBodyBytes: 100 });
    expect(await there.send(`"${"x".repeat(100)}"`)).toMatchObject({ status: 413 });
    expect(await there.send(`"${"x".repeat(1_000_000)}"`)).toMatchObject({ status: 413 });
  });

  test("a header that is none", async () => {
    const { status, text } = await consoleOf(order).send("{}", "content-type application/json");
    expect(status).toBe(400);
    expect(text).toContain("<code>content-type application/json</code>");
  });

  test("an input that reads a secret, which the console may not", async () => {
    const there = consoleOf({
      ...order,
      environment: [{ name: "SALT", secret: true }],
      input: { type: "http_webhook", dedupe: { key: "${env:SALT} ${id}", window: 60 } },
    });
    const { status, text } = await there.send('{ "id": 1 }');
    expect(status).toBe(400);
    expect(text).toContain("reads SALT, a secret");
    expect(await count(there)).toBe(0);
  });
});

describe("the form begins with", () => {
  test("the event that lies beside the file", async () => {
    const { get } = consoleOf(order, { samples: { example: '{ "id": 7 }' } });
    expect((await get(PATH)).text).toContain("{ &quot;id&quot;: 7 }");
  });

  test("what the service sends, with its headers", async () => {
    const { text } = await consoleOf(order).get(PATH);
    expect(text).toContain("x-github-event: issues");
    expect(text).toContain("&quot;action&quot;: &quot;opened&quot;");
  });

  test("an empty object where nothing is known", async () => {
    const { text } = await consoleOf({ steps: order.steps }).get(PATH);
    expect(text).toMatch(/<textarea name="body"[^>]*>\n\{\}</);
  });
});

test("who may only look gets no form, and can send nothing", async () => {
  const there = createConsoleWorld({ file: order }, { closed: true });
  const signIn = await there.post("/sign-in", { token: TOKENS.read });
  const [cookie = ""] = (signIn.headers.get("set-cookie") ?? "").split(";");
  const { text } = await there.get(PATH, { cookie });
  expect(text).not.toContain("<textarea");
  expect((await there.post(PATH, { body: "{}", headers: JSON_TYPE }, { cookie })).status).toBe(403);
});

test("a schedule's workflow runs now, as of a tick, and the run says what it is", async () => {
  const file = {
    input: { type: "cron", cron: "30 2 * * *", payload: { day: "today" } },
    steps: [{ type: "print", text: "${day} ${request.method}" }],
  };
  const { get, post, world } = createConsoleWorld({ file });
  expect((await get("/workflows/example")).text).toContain(`href="${PATH}">Run now`);
  const page = (await get(PATH)).text;
  expect(page).not.toContain("<textarea");
  const { status, headers } = await post(PATH, fieldsOf(page, PATH));
  expect(status).toBe(303);
  await world.settle();
  const run = await world.run(runIn(headers.get("location")));
  expect(run).toMatchObject({ status: "succeeded", delivery: { isTest: true } });
  expect(run.journal[0]?.logs).toMatchObject([{ message: "today CRON" }]);
});

test("a workflow with another input, and one that is not there, have no such page", async () => {
  const queue = "arn:aws:sqs:eu-west-1:123456789012:orders";
  const { get } = consoleOf({ ...order, input: { type: "sqs", queue } });
  expect((await get("/workflows/example")).text).not.toContain(PATH);
  expect((await get(PATH)).status).toBe(404);
  expect((await get("/workflows/other/test")).status).toBe(404);
});

test("the workflow's page leads there", async () => {
  const { get } = consoleOf(order);
  expect((await get("/workflows/example")).text).toContain(`href="${PATH}"`);
});
