import { join } from "node:path";
import { createMetricFiles } from "../adapters/metrics/metric-files.ts";

/** Where the metrics of the stack on a data folder are kept. */
export function metricFolder(dataFolder: string): string {
  return join(dataFolder, "metrics");
}

/** How often what was counted is written, in milliseconds: others see it so much later. */
const EVERY_MS = 1_000;

/** Keeps what the functions of the local stack count, and what of it was written last when it stops. */
export function startMetricRecorder(dataFolder: string) {
  const files = createMetricFiles(metricFolder(dataFolder), Date.now);
  let isBroken = false;
  const flush = async () => {
    try {
      await files.flush();
      isBroken = false;
    } catch (error) {
      // A full disk costs the numbers, and says so once.
      if (!isBroken) process.stderr.write(`metrics cannot be kept: ${error}\n`);
      isBroken = true;
    }
  };
  const timer = setInterval(flush, EVERY_MS);
  timer.unref();
  return {
    take: files.take,
    async stop() {
      clearInterval(timer);
      await flush();
    },
  };
}
