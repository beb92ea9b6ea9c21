import { stringify } from "yaml";
import { type RunningStack, startStack } from "./running-stack.ts";
import { seedRuns } from "./seed-runs.ts";
import { median } from "./statistics.ts";

/** Milliseconds until a page has arrived, by what it shows. */
interface ConsolePages {
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
const WORKFLOWS = ["orders", "letters", "reports"];
const LOOP = {
  input_from: "items",
  type: "for_each",
  steps: [
    { type: "set", values: { seen: "${item}" } },
    { type: "print", text: "item ${item}" },
  ],
};

/** Asks a local stack for pages over HTTP, while it holds as many runs of four workflows. */
export async function benchConsole(sizes: readonly number[] = [10_000, 100_000]): Promise<ConsoleFigures> {
  const file = (name: string, steps: readonly object[]) => [`${name}.yaml`, stringify({ name, steps })];
  const files = [file("loop", [LOOP]), ...WORKFLOWS.map((name) => file(name, []))];
  const stack = await startStack(Object.fromEntries(files));
  try {
    const histories: ConsoleFigures["histories"][number][] = [];
    let runs = 0;
    for (const size of sizes) {
      await seedRuns(stack, ["loop", ...WORKFLOWS], size - runs);
      runs = size;
      histories.push({ runs, pages: await measurePages(stack) });
    }
    const runId = await stack.post("loop", { items: Array.from({ length: 1_000 }, (_none, at) => at) });
    await stack.ended(runId);
    return {
      histories,
      runMs: await timed(stack, `/runs/${runId}`),
      loopMs: await timed(stack, `/runs/${runId}/steps/0`),
      itemMs: await timed(stack, `/runs/${runId}/steps/0.items.999.1`),
    };
  } finally {
    await stack.stop();
  }
}

async function measurePages(stack: RunningStack): Promise<ConsolePages> {
  let next = "/runs?period=month";
  for (let page = 0; page < 10; page += 1) {
    const shown = await pageAt(stack, next);
    next = /<a href="([^"]+)" rel="next">/.exec(shown)?.[1]?.replaceAll("&amp;", "&") ?? next;
  }
  const [, id = ""] = /id="run-([^"]+)"/.exec(await pageAt(stack, "/runs")) ?? [];
  return {
    runs: await timed(stack, "/runs"),
    runsTenPagesOn: await timed(stack, next),
    failed: await timed(stack, "/runs?status=failed&period=month"),
    noneOfAStatus: await timed(stack, "/runs?status=cancelled&period=month"),
    found: await timed(stack, `/runs?text=${id.slice(0, 13)}`),
  };
}

/** Median of some rounds behind two that warm up. */
async function timed(stack: RunningStack, path: string): Promise<number> {
  const samples: number[] = [];
  for (let round = -2; round < ROUNDS; round += 1) {
    const started = performance.now();
    await pageAt(stack, path);
    if (round >= 0) samples.push(performance.now() - started);
  }
  return median(samples);
}

/** The whole of it, unpacked; a redirect leads to it. @throws Error for anything but a page. */
async function pageAt({ url }: RunningStack, path: string): Promise<string> {
  const answer = await fetch(url + path);
  if (!answer.ok) throw new Error(`${path} answers ${answer.status}`);
  return answer.text();
}
