import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { stringify } from "yaml";
import { type RunningStack, startStack } from "./running-stack.ts";
import { median, percentile } from "./statistics.ts";

const CONCURRENCY = 16;
const EFFECTS = 20;
const pure = { type: "filter", conditions: [{ field: "n", op: "exists" }] };

/** What the local stack does, measured from outside. */
export interface StackFigures {
  readonly readyMs: number;
  readonly acceptP50Ms: number;
  readonly acceptP99Ms: number;
  readonly finishedP50Ms: number;
  readonly noOpPerSecond: number;
  readonly fiveStepsPerSecond: number;
  readonly durableStepMs: number;
}

/** Starts a stack and measures it. */
export async function benchStack(): Promise<StackFigures> {
  const peer = createServer((request, answer) => {
    request.resume();
    answer.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  peer.listen(0, "127.0.0.1");
  await once(peer, "listening");
  const call = { type: "http_call", url: `http://127.0.0.1:${(peer.address() as AddressInfo).port}/` };
  const stack = await startStack(
    {
      "no-op.yaml": stringify({ name: "no-op", steps: [] }),
      "five-steps.yaml": stringify({ name: "five-steps", steps: Array(5).fill(pure) }),
      "effects.yaml": stringify({ name: "effects", steps: Array(EFFECTS).fill(call) }),
    },
    { HOOKLINE_ALLOW_PRIVATE_HOSTS: "127.0.0.1" },
  );
  try {
    await throughput(stack, "no-op", 300);
    const { accepts, finished } = await latencies(stack, "five-steps", 200);
    const bareCallMs = await bareCalls(call.url, 200);
    return {
      readyMs: stack.readyMs,
      acceptP50Ms: percentile(accepts, 0.5),
      acceptP99Ms: percentile(accepts, 0.99),
      finishedP50Ms: median(finished),
      noOpPerSecond: await throughput(stack, "no-op", 1_500),
      fiveStepsPerSecond: await throughput(stack, "five-steps", 1_500),
      durableStepMs: (await durableRun(stack, 10)) / EFFECTS - bareCallMs,
    };
  } finally {
    await stack.stop();
    peer.closeAllConnections();
    peer.close();
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

async function durableRun(stack: RunningStack, runs: number): Promise<number> {
  const samples = [];
  for (let run = 0; run < runs; run += 1) {
    const started = performance.now();
    await stack.ended(await stack.post("effects", { n: run }));
    samples.push(performance.now() - started);
  }
  return median(samples);
}

async function bareCalls(url: string, calls: number): Promise<number> {
  const samples = [];
  for (let call = 0; call < calls; call += 1) {
    const started = performance.now();
    await (await fetch(url)).text();
    samples.push(performance.now() - started);
  }
  return median(samples);
}
