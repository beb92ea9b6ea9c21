import { stringify } from "yaml";
import { type RunningStack, startStack } from "./running-stack.ts";
import { median, percentile } from "./statistics.ts";

const CONCURRENCY = 16;
const pure = { type: "filter", conditions: [{ field: "n", op: "exists" }] };

/** What the local stack does, measured from outside. */
export interface StackFigures {
  readonly readyMs: number;
  readonly acceptP50Ms: number;
  readonly acceptP99Ms: number;
  readonly finishedP50Ms: number;
  readonly noOpPerSecond: number;
  readonly fiveStepsPerSecond: number;
}

/** Starts a stack and measures it. */
export async function benchStack(): Promise<StackFigures> {
  const stack = await startStack({
    "no-op.yaml": stringify({ name: "no-op", steps: [] }),
    "five-steps.yaml": stringify({ name: "five-steps", steps: Array(5).fill(pure) }),
  });
  try {
    await throughput(stack, "no-op", 300);
    const { accepts, finished } = await latencies(stack, "five-steps", 200);
    return {
      readyMs: stack.readyMs,
      acceptP50Ms: percentile(accepts, 0.5),
      acceptP99Ms: percentile(accepts, 0.99),
      finishedP50Ms: median(finished),
      noOpPerSecond: await throughput(stack, "no-op", 1_500),
      fiveStepsPerSecond: await throughput(stack, "five-steps", 1_500),
    };
  } finally {
    await stack.stop();
  }
}

async function latencies(stack: RunningStack, workflow: string, runs: number) {
  const [accepts, finished]: number[][] = [[], []];
  for (let run = 0; run < runs; run += 1) {
    const started = performance.now();
    const id = await stack.post(workflow, { n: run });
    accepts?.push(performance.now() - started);
    await stack.ended(id);
    finished?.push(performance.now() - started);
  }
  return { accepts: accepts ?? [], finished: finished ?? [] };
}

/** Runs per second from the first post to the last end, posted by several senders at once. */
async function throughput(stack: RunningStack, workflow: string, runs: number): Promise<number> {
  const ends: Promise<void>[] = [];
  let left = runs;
  const started = performance.now();
  const sender = async () => {
    while (left > 0) {
      left -= 1;
      ends.push(stack.ended(await stack.post(workflow, { n: left })));
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, sender));
  await Promise.all(ends);
  return runs / ((performance.now() - started) / 1000);
}
