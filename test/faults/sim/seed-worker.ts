import { parentPort } from "node:worker_threads";
import { checkSeed, type SeedReport } from "./check-seed.ts";

// A thread that plays the seeds it is sent, one after another.
parentPort?.on("message", async (seed: number) => {
  parentPort?.postMessage(await reportOf(seed));
});

/** A world that breaks down is one that breaks its promises. */
async function reportOf(seed: number): Promise<SeedReport> {
  try {
    return await checkSeed(seed);
  } catch (thrown) {
    const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    return { seed, broken: [`the world broke down: ${text}`], faults: [], runs: 0, invocations: 0 };
  }
}
