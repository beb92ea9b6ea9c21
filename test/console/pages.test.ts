import { gunzipSync } from "node:zlib";
import { expect, test } from "@jest/globals";
import { createConsoleWorld, fieldsOf } from "../support/console-world.ts";
import { runIdOf } from "../support/world.ts";

const MOST_BYTES = 60_000;
const TOKEN = { name: "TOKEN", secret: true };

const file = {
  environment: [TOKEN],
  steps: [
    { type: "set", values: { total: "${amount}" } },
    { type: "http_call", id: "order", url: "https://x.test/orders/${id}?key=${env:TOKEN}", retries: 1 },
    { type: "print", text: "done" },
  ],
};
const order = { method: "GET", url: "https://x.test/orders/7?key=hush-hush-token" };

async function failedRun() {
  const there = createConsoleWorld({
    file,
    http: [{ ...order, status: 422, body: { error: "no such article" } }],
    secrets: { TOKEN: "hush-hush-token" },
  });
  const runId = runIdOf(await there.world.post({ id: 7, amount: 3 }));
  await there.world.settle();
  return { ...there, runId };
}

test("the runs are there, newest first, with what each is", async () => {
  const { get, runId } = await failedRun();
  const { status, text } = await get("/runs");
  expect(status).toBe(200);
  expect(text).toContain(`/runs/${runId}`);
  expect(text).toMatch(/<caption>/);
});

test("runs are chosen by status and workflow", async () => {
  const { get, runId } = await failedRun();
  expect((await get("/runs?status=failed&workflow=example")).text).toContain(runId);
  expect((await get("/runs?status=succeeded")).text).not.toContain(runId);
  expect((await get("/runs?status=nonsense&workflow=nonsense")).text).toContain(runId);
});

test("a page is as long as it says, and the next one goes on behind it", async () => {
  const { get, world } = createConsoleWorld({ file: { steps: [{ type: "print", text: "hi" }] } });
  const ids: string[] = [];
  for (let nth = 0; nth < 60; nth += 1) {
    ids.push(runIdOf(await world.post({ nth })));
    world.clock.advance(1_000);
  }
  const on = (page: string) => [...new Set(page.match(/(?<=href="\/runs\/)[0-9a-f-]{36}/g))];
  const first = (await get("/runs")).text;
  expect(on(first)).toEqual(ids.toReversed().slice(0, 50));
  const next = /href="(\/runs\?[^"]*after=[^"]*)"/.exec(first)?.[1]?.replaceAll("&amp;", "&") ?? "";
  expect(on((await get(next)).text)).toEqual(ids.toReversed().slice(50));
});

test("a run's page says why it failed, what each attempt was, and no secret", async () => {
  const { get, runId } = await failedRun();
  const { text } = await get(`/runs/${runId}`);
  expect(text).toContain("client_error");
  expect(text).toContain("no such article");
  expect(text).toContain(`action="/runs/${runId}/redrive"`);
  expect(text).not.toContain("hush-hush-token");
});

test("a step's page shows what it was given, blanked", async () => {
  const { get, runId } = await failedRun();
  const { status, text } = await get(`/runs/${runId}/steps/1`);
  expect(status).toBe(200);
  expect(text).toContain("https://x.test/orders/7?key=***");
  expect(text).not.toContain("hush-hush-token");
});

test("a loop is folded: its items are behind its step, and each step has the state before and after", async () => {
  const steps = [{ type: "set", values: { seen: "${item}" } }];
  const { get, world } = createConsoleWorld({
    file: { steps: [{ type: "for_each", input_from: "items", steps }] },
  });
  const page = `/runs/${runIdOf(await world.post({ items: ["a", "b"] }))}`;
  await world.settle();
  expect((await get(page)).text).not.toContain("set_1");
  expect((await get(`${page}/steps/0`)).text).toContain("item 1");
  expect((await get(`${page}/steps/0.items.1`)).text).toContain("set_1");
  const { text } = await get(`${page}/steps/0.items.1.0`);
  expect(text).toContain("<del>a</del>");
  expect(text).toContain("<ins>b</ins>");
});

test("what history.redact blanks is not shown while the run still has it either", async () => {
  const { get, world } = createConsoleWorld({
    file: { history: { redact: ["card.number"] }, steps: [{ type: "wait", seconds: 3600 }] },
  });
  const runId = runIdOf(await world.post({ card: { number: "4111-1111" } }));
  await world.invoke();
  expect((await world.run(runId)).status).toBe("waiting");
  for (const path of [`/runs/${runId}`, `/runs/${runId}/steps/0`]) {
    const { status, text } = await get(path);
    expect(status).toBe(200);
    expect(text).not.toContain("4111-1111");
  }
});

test("a filter that fits few runs says how far it looked, and goes on from there", async () => {
  const created = {
    runId: "01a20846-fe17-7000-8000-0000000000e2",
    createdAt: Date.parse("2026-01-01T12:00:00Z"),
  };
  const { get } = createConsoleWorld({
    file: { steps: [] },
    wrapStore: (store) => ({
      ...store,
      page: async (query) => (query.after ? { runs: [] } : { runs: [], next: created }),
    }),
  });
  const { text } = await get("/runs?status=failed");
  expect(text).toContain("Looked back as far as");
  const next = /href="(\/runs\?[^"]*after=[^"]*)" rel="next"/.exec(text)?.[1]?.replaceAll("&amp;", "&") ?? "";
  expect((await get(next)).text).not.toContain("Looked back");
});

test("redrive, replay and cancel are buttons, and each does what its command does", async () => {
  const { get, post, world, runId } = await failedRun();
  const press = async (id: string, verb: string) =>
    post(`/runs/${id}/${verb}`, fieldsOf((await get(`/runs/${id}`)).text, `/runs/${id}/${verb}`));
  const replayed = await press(runId, "replay");
  const replayId = replayed.headers.get("location")?.replace("/runs/", "") ?? "";
  expect([replayed.status, (await world.run(replayId)).status]).toEqual([303, "queued"]);
  expect((await press(replayId, "cancel")).status).toBe(303);
  expect((await world.run(replayId)).status).toBe("cancelled");
  expect((await press(runId, "redrive")).status).toBe(303);
  expect((await world.run(runId)).status).toBe("queued");
});

test("a button that is pressed too late says so, and nothing is done", async () => {
  const { get, post, world, runId } = await failedRun();
  const fields = fieldsOf((await get(`/runs/${runId}`)).text, `/runs/${runId}/redrive`);
  const cancelled = await post(`/runs/${runId}/cancel`, fields);
  expect([cancelled.status, cancelled.text]).toEqual([
    409,
    expect.stringContaining("The run has ended before"),
  ]);
  expect((await world.run(runId)).status).toBe("failed");
  await post(`/runs/${runId}/redrive`, fields);
  const { redrives } = await world.run(runId);
  expect((await post(`/runs/${runId}/redrive`, fields)).status).toBe(303);
  expect((await world.run(runId)).redrives).toEqual(redrives);
});

test("deliveries and dead letters have their pages", async () => {
  const { get, deadLetters, runId } = await failedRun();
  deadLetters.bury(JSON.stringify({ run_id: runId }), { class: "client_error", message: "gone", step: "1" });
  deadLetters.bury("<b>not ours</b>");
  const letters = (await get("/dead-letters")).text;
  expect(letters).toContain(`/runs/${runId}`);
  expect(letters).toContain("&lt;b&gt;not ours&lt;/b&gt;");
  const deliveries = await get("/deliveries");
  expect([deliveries.status, deliveries.text.includes(runId)]).toEqual([200, true]);
});

test("messages that could not become events lie among the dead letters, understood or not", async () => {
  const { get, world } = createConsoleWorld({
    file: { input: { type: "cron", cron: "0 3 * * *" }, steps: [] },
  });
  const tick = { source: "hookline.cron", workflow: "example", scheduled_at: "2026-01-02T03:00:00Z" };
  world.inboxLetters.bury(JSON.stringify(tick), { class: "connection", message: "no table", step: null });
  world.inboxLetters.bury('{"run_id":"<i>7</i>"}');
  const { text } = await get("/dead-letters");
  expect(text).toContain("<strong>example</strong> the tick of 2026-01-02T03:00:00Z");
  expect(text).toContain("<b>connection</b> no table");
  expect(text).toContain(
    "Not understood:</span> <code>{&quot;run_id&quot;:&quot;&lt;i&gt;7&lt;/i&gt;&quot;}",
  );
  expect(text).not.toContain("dlq list --of events");
});

test("the console says where the dead letters of a workflow's own queue are", async () => {
  const input = { type: "sqs", queue: "arn:aws:sqs:eu-west-1:123456789012:orders" };
  const { get } = createConsoleWorld({ file: { input, steps: [] } });
  expect((await get("/dead-letters")).text).toContain("dlq list --of events");
});

test("while a run goes on its page asks what is new, and is given its own part alone", async () => {
  const { get, world } = createConsoleWorld({ file: { steps: [{ type: "print", text: "hi" }] } });
  const runId = runIdOf(await world.post({}));
  expect((await get(`/runs/${runId}`)).text).toContain('data-refresh="2"');
  await world.settle();
  const part = (await get(`/runs/${runId}`, { "x-hookline-fragment": "1" })).text;
  expect(part).toMatch(/^<main/);
  expect(part).not.toContain("data-refresh");
});

test.each(["/", "/runs", "/workflows", "/workflows/example"])(
  "%s with its files is under 60 kB over the wire",
  async (path) => {
    const { app, world } = createConsoleWorld({ file: { steps: [{ type: "print", text: "hi" }] } });
    for (let nth = 0; nth < 60; nth += 1) await world.post({ nth });
    const bytesOf = async (path: string) => {
      const headers = { host: "localhost:8080", "accept-encoding": "gzip" };
      const answer = await app.request(`http://localhost:8080${path}`, { headers });
      const bytes = Buffer.from(await answer.arrayBuffer());
      const isPacked = answer.headers.get("content-encoding") === "gzip";
      return { size: bytes.length, text: (isPacked ? gunzipSync(bytes) : bytes).toString() };
    };
    const page = await bytesOf(path);
    const files = [...new Set(page.text.match(/\/assets\/[^"]+/g))];
    expect(files).toHaveLength(3);
    const sizes = await Promise.all(files.map(bytesOf));
    expect(sizes.reduce((sum, { size }) => sum + size, page.size)).toBeLessThan(MOST_BYTES);
  },
);
