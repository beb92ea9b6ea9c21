import { createHmac } from "node:crypto";
import { Agent } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { RUNNER_CONCURRENCY } from "../../lib/local/local-stack.ts";
import { type HoldingServer, startHoldingServer } from "../support/holding-server.ts";
import { type RunningStack, startStack } from "./running-stack.ts";
import { percentile } from "./statistics.ts";

const SECRET = "the bench's signing secret";
const PER_SECOND = 200;
const SECONDS = 10;
const CONNECTIONS = 1_000;

/** How signed deliveries that dedupe looks at are accepted. */
export interface IngestFigures {
  /** At 200 a second for ten seconds, each sent when it is due. */
  readonly steadyP50Ms: number;
  readonly steadyP99Ms: number;
  /** The same while the runner is held back: they are accepted, and nothing else happens. */
  readonly aloneP50Ms: number;
  readonly aloneP99Ms: number;
  /** A thousand at once, each on a connection of its own: until the last answer. */
  readonly burstMs: number;
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
    await steady(stack, "warm", PER_SECOND);
    const latencies = await steady(stack, "steady", PER_SECOND * SECONDS);
    const burstMs = await burst(stack);
    const free = await holdRunner(stack, peer);
    const alone = await deliver(stack, "alone", PER_SECOND * SECONDS);
    free();
    await allEnded(stack, alone.ids);
    return {
      steadyP50Ms: percentile(latencies, 0.5),
      steadyP99Ms: percentile(latencies, 0.99),
      aloneP50Ms: percentile(alone.latencies, 0.5),
      aloneP99Ms: percentile(alone.latencies, 0.99),
      burstMs,
    };
  } finally {
    await stack.stop();
    await peer.stop();
  }
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

async function steady(stack: RunningStack, name: string, count: number): Promise<readonly number[]> {
  const { latencies, ids } = await deliver(stack, name, count);
  await allEnded(stack, ids);
  return latencies;
}

async function allEnded(stack: RunningStack, ids: ReadonlySet<string>): Promise<void> {
  await Promise.all([...ids].map((id) => stack.ended(id)));
}

/** Posts each when it is due, and counts from there. */
async function deliver(stack: RunningStack, name: string, count: number) {
  const start = performance.now();
  const ids = new Set<string>();
  const latencies = await Promise.all(
    Array.from({ length: count }, async (_none, n) => {
      const due = start + (n * 1_000) / PER_SECOND;
      await sleep(due - performance.now());
      ids.add(await post(stack, `${name} ${n}`));
      return performance.now() - due;
    }),
  );
  if (ids.size !== count) throw new Error(`${count} deliveries became ${ids.size} runs`);
  return { latencies, ids };
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
