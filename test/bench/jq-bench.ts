import { createJq } from "../../lib/adapters/jq/jq-worker-pool.ts";
import { median } from "./statistics.ts";

const CALLS = 500;
const KILLS = 20;
// Shorter than any that a file has by default, and time enough for a spare worker to start.
const TIMEOUT_MS = 500;

/** A small jq program, usually and right behind one that had to be stopped. */
export async function benchJq(): Promise<{ readonly callMs: number; readonly callAfterKillMs: number }> {
  const jq = createJq();
  const call = (program: string, timeoutMs: number) =>
    jq.run({ runId: "bench", program, input: { a: 1 }, bindings: {}, now: 0, timeoutMs });
  const timed = async () => {
    const started = performance.now();
    await call(".a + 1", 5_000);
    return performance.now() - started;
  };
  const usual = [];
  const afterKill = [];
  try {
    for (let round = 0; round < CALLS; round += 1) usual.push(await timed());
    for (let round = 0; round < KILLS; round += 1) {
      await call("def f: f; f", TIMEOUT_MS).catch(() => undefined);
      afterKill.push(await timed());
    }
  } finally {
    await jq.close();
  }
  return { callMs: median(usual), callAfterKillMs: median(afterKill) };
}
