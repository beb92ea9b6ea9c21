import { type ExecFileException, execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { createDynamoRunStore } from "../../lib/adapters/dynamo/dynamo-run-store.ts";
import type { Item } from "../../lib/adapters/dynamo/item.ts";
import { CODE_OF_FUNCTIONS } from "../../lib/build/build-bundles.ts";
import type { JsonObject } from "../../lib/core/json.ts";
import type { RunStore } from "../../lib/core/ports/run-store.ts";
import type { Dynalite } from "./dynalite.ts";
import { compiled } from "./engine-run.ts";
import type { LongLoopOrder, LongLoopReport } from "./long-loop-process.ts";
import { sampleRun } from "./sample-run.ts";
import { storedItems } from "./stored-items.ts";

/** A stored run of a loop over isolated items with a call each, 50 at once. */
export interface LongLoop {
  readonly runId: string;
  readonly store: RunStore;
  /** What lies in the table of the run. */
  stored(): Promise<readonly Item[]>;
  /** Lets a small process work on it, to the end or until it is killed as ordered. */
  work(order?: Partial<Pick<LongLoopOrder, "diesAt" | "minutes">>): Promise<LongLoopReport>;
}

/** How large a loop and what it works with are. */
export interface LongLoopSize {
  readonly items: number;
  readonly itemBytes: number;
  readonly answerBytes: number;
}

/**
 * V8 takes as much as it may before it collects: limits in MB for what is kept, and for each half of what is new. As code is
 * deployed the process runs one file, since making JavaScript of TypeScript at the start takes another 35 MB.
 */
const SMALL = ["--max-old-space-size=160", "--max-semi-space-size=4"];

const STARTED = Date.UTC(2026, 0, 2, 3, 4, 5);

const workflow: JsonObject = {
  name: "example",
  timeout: 86_400,
  steps: [
    {
      type: "for_each",
      input_from: "items",
      item_scope: "isolated",
      mode: "inline",
      concurrency: 50,
      output_to: "results",
      result_from: "http.id",
      steps: [{ type: "http_call", url: "https://x.test/${item.id}" }],
    },
  ],
  output: "${results.0}",
};

/** Stores one in a table of its own. */
export async function storeLongLoop(
  dynalite: Dynalite,
  { items, itemBytes, answerBytes }: LongLoopSize,
): Promise<LongLoop> {
  const table = await dynalite.createTable();
  const client = dynalite.client();
  const store = createDynamoRunStore({ client, table, now: () => STARTED });
  const list = Array.from({ length: items }, (_none, id) => ({ id, text: "y".repeat(itemBytes) }));
  const { hash } = compiled(workflow);
  const run = sampleRun({ workflow: "example", hash, createdAt: STARTED });
  const body = new TextEncoder().encode(JSON.stringify({ items: list }));
  await store.create({ ...run, event: { ...run.event, body } });
  const { runId } = run;
  return {
    runId,
    store,
    stored: () => storedItems(client, table).of(`run#${runId}`),
    async work(more = {}) {
      const order: LongLoopOrder = {
        url: dynalite.url,
        table,
        runId,
        workflow,
        answerBytes,
        minutes: 0,
        ...more,
      };
      const dir = await mkdtemp(join(tmpdir(), "hookline-loop-"));
      const script = join(dir, "index.mjs");
      try {
        await bundle(fileURLToPath(new URL("./long-loop-process.ts", import.meta.url)), script);
        const args = [...SMALL, "--no-warnings", script, JSON.stringify(order)];
        return JSON.parse((await promisify(execFile)(process.execPath, args)).stdout);
      } catch (thrown) {
        const { signal, stdout = "", stderr = String(thrown) } = thrown as ExecFileException;
        if (signal === "SIGKILL" && order.diesAt !== undefined) return JSON.parse(stdout);
        throw new Error(`the process ended (${signal}): ${stderr.slice(-2_000)}`);
      } finally {
        await rm(dir, { recursive: true });
      }
    },
  };
}

async function bundle(entry: string, outfile: string): Promise<void> {
  await build({
    ...CODE_OF_FUNCTIONS,
    entryPoints: [entry],
    outfile,
  });
}
