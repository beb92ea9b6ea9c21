import { createHmac } from "node:crypto";
import { Agent } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
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
  /** A thousand at once, each on a connection of its own: until the last answer. */
  readonly burstMs: number;
}

/** Starts a stack and sends it signed deliveries. @throws Error when one is lost, or a copy of one is another run. */
export async function benchIngest(): Promise<IngestFigures> {
  const input = { type: "http_webhook", verify: "github", dedupe: { key: "${input.n}" } };
  const files = { "signed.yaml": stringify({ name: "signed", input, steps: [] }) };
  const stack = await startStack(files, { GITHUB_WEBHOOK_SECRET: SECRET });
  try {
    await steady(stack, "warm", PER_SECOND);
    const latencies = await steady(stack, "steady", PER_SECOND * SECONDS);
    return {
      steadyP50Ms: percentile(latencies, 0.5),
      steadyP99Ms: percentile(latencies, 0.99),
      burstMs: await burst(stack),
    };
  } finally {
    await stack.stop();
  }
}

async function steady(stack: RunningStack, name: string, count: number): Promise<readonly number[]> {
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
  await Promise.all([...ids].map((id) => stack.ended(id)));
  return latencies;
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
  await Promise.all([...runs].map((id) => stack.ended(id)));
  return took;
}

function post(stack: RunningStack, n: string, agent?: Agent): Promise<string> {
  const event = { n, action: "opened" };
  const signature = createHmac("sha256", SECRET).update(JSON.stringify(event)).digest("hex");
  const headers = { "x-hub-signature-256": `sha256=${signature}` };
  return stack.post("signed", event, { headers, ...(agent && { agent }) });
}
