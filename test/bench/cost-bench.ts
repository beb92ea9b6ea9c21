import type { JsonObject } from "../../lib/core/json.ts";
import { costOfRun } from "../support/cost-of-run.ts";
import { startDynalite } from "../support/dynalite.ts";

/** What a kind of run costs: requests, and units with both indexes. */
export interface CostFigures {
  readonly run: string;
  readonly writes: number;
  readonly units: number;
  readonly sends: number;
}

const pure: JsonObject = { type: "print", text: "hello" };
const effect: JsonObject = { type: "http_call", url: "https://x.test/" };
const RUNS: readonly (readonly [name: string, steps: readonly JsonObject[]])[] = [
  ["a run without steps", []],
  ["a run of five pure steps", Array(5).fill(pure)],
  ["a run of five calls in sequence, one step behind them", [...Array(5).fill(effect), pure]],
];

/** Counts at the SDK's own middleware. */
export async function benchCost(): Promise<readonly CostFigures[]> {
  const dynalite = await startDynalite();
  try {
    const figures: CostFigures[] = [];
    for (const [run, steps] of RUNS) {
      figures.push({ run, ...(await costOfRun(dynalite, steps, [{ url: "https://x.test/", body: {} }])) });
    }
    return figures;
  } finally {
    await dynalite.stop();
  }
}
