import { createHmac } from "node:crypto";
import { Agent } from "node:http";
import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { RUNNER_CONCURRENCY } from "../../lib/local/local-stack.ts";
import { type HoldingServer, startHoldingServer } from "../support/holding-server.ts";
import { machineTime, processorTime } from "./processor-time.ts";
import { type RunningStack, startStack } from "./running-stack.ts";
import { median, percentile } from "./statistics.ts";

const SECRET = "the bench's signing secret";
const PER_SECOND = 200;
const SECONDS = 10;
const ROUNDS = 3;
const CONNECTIONS = 1_000;

/** How signed deliveries that dedupe looks at are accepted. */
export interface IngestFigures {
  /** At 200 a second for ten seconds, each sent when it is due, and executed meanwhile; three times. */
  readonly steady: readonly Round[];
  /** The same while the runner is held back: they are accepted, and nothing else happens. */
  readonly alone: Round;
  /** The same for a moment, while the runner works off what was held back. */
  readonly behind: Round;
  /** A thousand at once, each on a connection of its own: until the last answer. */
  readonly burstMs: number;
}

/** Deliveries at a steady rate. */
export interface Round {
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time for each, in milliseconds, by process. */
  readonly processorMs: { readonly [process: string]: number };
  /** How much of the machine others used meanwhile, of 1. */
  readonly others: number;
}

/** Starts a stack and sends it signed deliveries. @throws Error when one is lost, or a copy of one is another run. */
export async function benchIngest(): Promise<IngestFigures> {
  const input = { type: "http_webhook", verify: "github", dedupe: { key: "${input.n}" } };
  const peer = await startHoldingServer();
  const calls = [{ type: "http_call", url: peer.origin, timeout: 120 }];
  const files = {
    "signed.yaml": stringify({ name: "signed", input, steps: [] }),
    "held.yaml": stringify({ name: "held", steps: calls }),
  };
  const env = { GITHUB_WEBHOOK_SECRET: SECRET, HOOKLINE_ALLOW_PRIVATE_HOSTS: "127.0.0.1" };
  const stack = await startStack(files, env);
  try {
    await executed(stack, "warm", SECONDS / 2);
    const steady: Round[] = [];
    for (let round = 0; round < ROUNDS; round += 1)
      steady.push(await executed(stack, `steady ${round}`, SECONDS));
    const burstMs = await burst(stack);
    const free = await holdRunner(stack, peer);
    const alone = await deliver(stack, "alone", SECONDS);
    free();
    const behind = await executed(stack, "behind", SECONDS / 5);
    await allEnded(stack, alone.ids);
    return { steady, alone: alone.round, behind, burstMs };
  } finally {
    await stack.stop();
    await peer.stop();
  }
}

/** The rows that tell of them, each a figure and what was measured. */
export function ingestRows({
  steady,
  alone,
  behind,
  burstMs,
}: IngestFigures): readonly (readonly [figure: string, value: string])[] {
  const middle = (of: (round: Round) => number) => median(steady.map(of));
  const told = (p50: number, p99: number) => `${p50.toFixed(1)} / ${p99.toFixed(1)} ms`;
  return [
    [
      "a signed delivery with dedupe accepted at 200 a second, p50 / p99",
      told(
        middle(({ p50Ms }) => p50Ms),
        middle(({ p99Ms }) => p99Ms),
      ),
    ],
    ["the same while no run is executed beside it, p50 / p99", told(alone.p50Ms, alone.p99Ms)],
    [
      "the same while 2,000 runs that were held back are executed, p50 / p99",
      told(behind.p50Ms, behind.p99Ms),
    ],
    [
      "500 such, each sent twice at once on 1,000 connections, to the last answer",
      `${(burstMs / 1000).toFixed(1)} s`,
    ],
  ];
}

/** Has every invocation of the runner wait for an answer; what this gives ends that. */
async function holdRunner(stack: RunningStack, peer: HoldingServer): Promise<() => void> {
  for (let held = 0; held < RUNNER_CONCURRENCY; held += 1) {
    const call = peer.nextCall();
    await stack.post("held", {});
    await call;
  }
  return () => {
    for (let held = 0; held < RUNNER_CONCURRENCY; held += 1) peer.reply({});
  };
}

async function executed(stack: RunningStack, name: string, seconds: number): Promise<Round> {
  const { round, ids } = await deliver(stack, name, seconds);
  await allEnded(stack, ids);
  return round;
}

async function allEnded(stack: RunningStack, ids: ReadonlySet<string>): Promise<void> {
  await Promise.all([...ids].map((id) => stack.ended(id)));
}

/** Posts each when it is due, and counts from there. */
async function deliver(stack: RunningStack, name: string, seconds: number) {
  const count = seconds * PER_SECOND;
  const processes = { ...stack.processes, senders: process.pid };
  const [before, machineBefore] = [processorTime(processes), machineTime()];
  const start = performance.now();
  const ids = new Set<string>();
  const latencies = await Promise.all(
    Array.from({ length: count }, async (_none, n) => {
      const due = start + (n * 1_000) / PER_SECOND;
      await sleep(Math.max(0, due - performance.now()));
      ids.add(await post(stack, `${name} ${n}`));
      return performance.now() - due;
    }),
  );
  if (ids.size !== count) throw new Error(`${count} deliveries became ${ids.size} runs`);
  const tookMs = performance.now() - start;
  const spent = Object.entries(processorTime(processes)).map(
    ([process, ms]) => [process, ms - (before[process] ?? 0)] as const,
  );
  const ours = spent.reduce((sum, [, ms]) => sum + ms, 0);
  const round: Round = {
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    processorMs: Object.fromEntries(spent.map(([process, ms]) => [process, ms / count])),
    others: Math.max(0, (machineTime() - machineBefore - ours) / (availableParallelism() * tookMs)),
  };
  return { round, ids };
}

/** Every delivery twice. */
async function burst(stack: RunningStack): Promise<number> {
  const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY });
  const start = performance.now();
  const ids = await Promise.all(
    Array.from({ length: CONNECTIONS }, (_none, n) => post(stack, `burst ${n >> 1}`, agent)),
  );
  const took = performance.now() - start;
  agent.destroy();
  const runs = new Set(ids);
  if (runs.size !== CONNECTIONS / 2)
    throw new Error(`${CONNECTIONS / 2} deliveries became ${runs.size} runs`);
  await allEnded(stack, runs);
  return took;
}

function post(stack: RunningStack, n: string, agent?: Agent): Promise<string> {
  const event = { n, action: "opened" };
  const signature = createHmac("sha256", SECRET).update(JSON.stringify(event)).digest("hex");
  const headers = { "x-hub-signature-256": `sha256=${signature}` };
  return stack.post("signed", event, { headers, ...(agent && { agent }) });
}
