import { expect, test } from "@jest/globals";
import { listDeliveries } from "../../lib/app/list-deliveries.ts";
import { createConsoleWorld } from "../support/console-world.ts";

const webhook = { steps: [{ type: "print", text: "hi" }] };
const idsOn = (page: string) => [...page.matchAll(/id="delivery-([0-9a-f-]{36})"/g)].map(([, id]) => id);
const nextOf = (page: string) => /<a href="([^"]*)" rel="next">/.exec(page)?.[1]?.replaceAll("&amp;", "&");

/** Follows a list to its end: the ids of each page. */
async function pagesFrom({ get }: ReturnType<typeof createConsoleWorld>, first: string) {
  const pages: (string | undefined)[][] = [];
  for (let path: string | undefined = first; path !== undefined; ) {
    const { status, text } = await get(path);
    expect(status).toBe(200);
    pages.push(idsOn(text));
    path = nextOf(text);
  }
  return pages;
}

test("the list goes on page by page, each delivery once and newest first, whatever became of it", async () => {
  const there = createConsoleWorld({ file: webhook });
  for (let n = 0; n < 120; n += 1) {
    await there.world.post({ n }, n % 3 === 0 ? { body: new TextEncoder().encode("{") } : {});
    there.world.clock.advance(n % 2);
  }
  const pages = await pagesFrom(there, "/deliveries");
  expect(pages.map(({ length }) => length)).toEqual([50, 50, 20]);
  const all = pages.flat();
  expect(all).toEqual([...new Set(all)].sort().reverse());
  expect((await pagesFrom(there, "/deliveries?outcome=invalid")).map(({ length }) => length)).toEqual([40]);
  expect((await pagesFrom(there, "/deliveries?outcome=accepted")).map(({ length }) => length)).toEqual([
    50, 30,
  ]);
});

test("where most runs came otherwise, a page gives up after so many looks, and the next one goes on there", async () => {
  const { world } = createConsoleWorld({ file: webhook, workflows: { ticks: { ...webhook } } });
  await world.post({}, { body: new TextEncoder().encode("{") });
  await world.post({});
  for (let n = 0; n < 300; n += 1) {
    world.clock.advance(1);
    const now = world.clock.now();
    const runId = world.ingest.random.timeOrderedUuid(now);
    const event = { body: new Uint8Array(), contentType: "", request: {} as never };
    const run = { runId, workflow: "ticks", hash: "", stage: "test", event, createdAt: now, dueAt: now };
    await world.store.create({ ...run, expiresAt: now });
  }
  const query = { workflows: ["example", "ticks"], since: 0, until: world.clock.now(), limit: 10 };
  let page = await listDeliveries(world, query, 500);
  expect(page.deliveries).toEqual([]);
  const found: string[] = [];
  let pages = 1;
  for (; page.next; pages += 1) {
    page = await listDeliveries(world, { ...query, after: page.next }, 500);
    found.push(...page.deliveries.map(({ outcome }) => outcome));
  }
  expect(found).toEqual(["accepted", "invalid"]);
  expect(pages).toBe(6);
});

test("a page that is not the first stands still, and leads back", async () => {
  const there = createConsoleWorld({ file: webhook });
  for (let n = 0; n < 60; n += 1) await there.world.post({ n });
  const first = (await there.get("/deliveries?period=day&workflow=example")).text;
  const { text } = await there.get(nextOf(first) ?? "");
  expect(first).toContain("data-refresh");
  expect(text).not.toContain("data-refresh");
  expect(text).toContain('<a href="/deliveries?workflow=example&amp;period=day">« First</a>');
});
