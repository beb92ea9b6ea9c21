import { createBlobs } from "../../lib/adapters/dynamo/blobs.ts";
import { createDynamoRunStore } from "../../lib/adapters/dynamo/dynamo-run-store.ts";
import { number, text } from "../../lib/adapters/dynamo/item.ts";
import { newRunItem } from "../../lib/adapters/dynamo/run-item.ts";
import { createStoredValues } from "../../lib/adapters/dynamo/stored-values.ts";
import { createTable } from "../../lib/adapters/dynamo/table.ts";
import { DAY_MS } from "../../lib/app/timings.ts";
import { batchesOf } from "../../lib/core/batches-of.ts";
import { type ConsoleWorld, createConsoleWorld } from "../support/console-world.ts";
import { startDynalite } from "../support/dynalite.ts";
import { runIdOf } from "../support/world.ts";
import { median } from "./statistics.ts";

/** Milliseconds until a page is answered, by what it shows. */
export interface ConsolePages {
  readonly runs: number;
  readonly runsTenPagesOn: number;
  readonly failed: number;
  readonly noneOfAStatus: number;
  readonly found: number;
}

/** The console's pages over histories of some sizes, and a run of 2,000 entries among the largest. */
export interface ConsoleFigures {
  readonly histories: readonly { readonly runs: number; readonly pages: ConsolePages }[];
  readonly runMs: number;
  readonly loopMs: number;
  readonly itemMs: number;
}

const ROUNDS = 9;
const DAYS = 30;
const FAILS = 500;
const WORKFLOWS = ["example", "orders", "letters", "reports"];
const WRITTEN_AT_ONCE = 8;
const LOOP = {
  input_from: "items",
  type: "for_each",
  steps: [
    { type: "set", values: { seen: "${item}" } },
    { type: "print", text: "item ${item}" },
  ],
};

/** Measures pages in this process, in front of a store in another one that holds as many runs of four workflows, spread over 30 days. */
export async function benchConsole(sizes: readonly number[] = [10_000, 100_000]): Promise<ConsoleFigures> {
  const dynalite = await startDynalite();
  try {
    const place = { client: dynalite.client(), table: await dynalite.createTable() };
    const beside = Object.fromEntries(WORKFLOWS.slice(1).map((name) => [name, { steps: [] }]));
    const console = createConsoleWorld({
      file: { steps: [LOOP] },
      workflows: beside,
      wrapStore: (_memory, { now }) => createDynamoRunStore({ ...place, now }),
    });
    const histories: ConsoleFigures["histories"][number][] = [];
    let runs = 0;
    for (const size of sizes) {
      await seed(place, console, { from: runs, to: size });
      runs = size;
      histories.push({ runs, pages: await measurePages(console) });
    }
    const runId = runIdOf(
      await console.world.post({ items: Array.from({ length: 1_000 }, (_none, at) => at) }),
    );
    await console.world.settle();
    return {
      histories,
      runMs: await timed(console, `/runs/${runId}`),
      loopMs: await timed(console, `/runs/${runId}/steps/0`),
      itemMs: await timed(console, `/runs/${runId}/steps/0.items.999.1`),
    };
  } finally {
    await dynalite.stop();
  }
}

async function measurePages(console: ConsoleWorld): Promise<ConsolePages> {
  let next = "/runs?period=month";
  for (let page = 0; page < 10; page += 1) {
    const { text: shown } = await console.get(next);
    next = /<a href="([^"]+)" rel="next">/.exec(shown)?.[1]?.replaceAll("&amp;", "&") ?? next;
  }
  const [, id = ""] = /id="run-([^"]+)"/.exec((await console.get("/runs")).text) ?? [];
  return {
    runs: await timed(console, "/runs"),
    runsTenPagesOn: await timed(console, next),
    failed: await timed(console, "/runs?status=failed&period=month"),
    noneOfAStatus: await timed(console, "/runs?status=cancelled&period=month"),
    found: await timed(console, `/runs?text=${id.slice(0, 13)}`),
  };
}

/** Median of some rounds behind two that warm up. @throws Error for anything but a page. */
async function timed(console: ConsoleWorld, path: string): Promise<number> {
  const samples: number[] = [];
  for (let round = -2; round < ROUNDS; round += 1) {
    const started = performance.now();
    const { status } = await console.get(path);
    if (round >= 0) samples.push(performance.now() - started);
    if (status >= 400) throw new Error(`${path} answers ${status}`);
  }
  return median(samples);
}

/** Runs that have ended, written as their items: no runner makes so many in an acceptable time. */
async function seed(
  place: Parameters<typeof createTable>[0],
  { world }: ConsoleWorld,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<void> {
  const table = createTable(place);
  const values = createStoredValues(createBlobs(table));
  const { clock, random } = world.runner.ports;
  const now = clock.now();
  const body = new TextEncoder().encode('{"order":1}');
  const request = { method: "POST", path: "", query: {}, headers: {}, received_at: "", delivery_id: "" };
  const items = Array.from({ length: to - from }, async (_none, at) => {
    const nth = from + at;
    const createdAt = now - Math.floor(random.next() * DAYS * DAY_MS);
    const item = await newRunItem(
      {
        runId: random.timeOrderedUuid(createdAt),
        workflow: WORKFLOWS[nth % WORKFLOWS.length] ?? "",
        hash: "0".repeat(64),
        stage: "test",
        event: { body, contentType: "application/json", request },
        createdAt,
        dueAt: now,
        expiresAt: Math.ceil((now + DAYS * DAY_MS) / 1000),
        droppedFor: "of the bench",
      },
      values,
    );
    const outcome = text(nth % FAILS === 0 ? "failed" : "succeeded");
    const error = nth % FAILS === 0 && { error_class: text("timeout"), error_message: text("no answer") };
    return { ...item, outcome, status: outcome, finished_at: number(createdAt + 100), ...error };
  });
  const batches = batchesOf(await Promise.all(items), 25);
  for (const some of batchesOf(batches, WRITTEN_AT_ONCE))
    await Promise.all(some.map((batch) => table.writeMany(batch.map((Item) => ({ PutRequest: { Item } })))));
}
