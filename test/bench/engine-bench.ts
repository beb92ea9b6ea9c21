import type { JsonObject } from "../../lib/core/json.ts";
import { attempt, compiled } from "../support/engine-run.ts";
import { median } from "./statistics.ts";

const pure: JsonObject = { type: "filter", conditions: [{ field: "n", op: "exists" }] };
const ROUNDS = 30;

async function medianMs(file: JsonObject, event: JsonObject): Promise<number> {
  const workflow = compiled(file);
  const samples = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const started = performance.now();
    const { end } = await attempt({ workflow, event });
    samples.push(performance.now() - started);
    if (end.kind !== "succeeded") throw new Error(`the run ended ${end.kind}`);
  }
  return median(samples);
}

/** What the interpreter adds to a pure step, without store and queue. */
export async function benchEngine(): Promise<{
  readonly pureStepUs: number;
  readonly loopMs: number;
  readonly isolatedLoopMs: number;
}> {
  const event = { n: 1, ids: Array.from({ length: 1_000 }, (_, id) => id) };
  const empty = await medianMs({ steps: [] }, event);
  const many = await medianMs({ steps: Array(500).fill(pure) }, event);
  const loop = { type: "for_each", input_from: "ids", steps: [pure], output_to: "out" };
  return {
    pureStepUs: ((many - empty) / 500) * 1000,
    loopMs: await medianMs({ steps: [loop] }, event),
    isolatedLoopMs: await medianMs({ steps: [{ ...loop, item_scope: "isolated" }] }, event),
  };
}
