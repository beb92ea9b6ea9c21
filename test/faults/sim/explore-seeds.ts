import { Worker } from "node:worker_threads";
import type { SeedReport } from "./check-seed.ts";

/** Which seeds to play, and on how many threads. */
export interface Exploration {
  readonly from: number;
  /** Seeds to play at most. */
  readonly count: number;
  /** No further seed is begun after this time, in milliseconds since the epoch. */
  readonly until: number;
  readonly threads: number;
  onReport(report: SeedReport): void;
}

/** Plays seeds one after another on every thread, each as soon as one is free. */
export async function exploreSeeds({ from, count, until, threads, onReport }: Exploration): Promise<void> {
  let next = from;
  const work = () =>
    new Promise<void>((resolve, reject) => {
      const worker = new Worker(new URL("./seed-worker.ts", import.meta.url));
      const goOn = () => {
        if (next >= from + count || Date.now() >= until) return void worker.terminate().then(() => resolve());
        worker.postMessage(next);
        next += 1;
      };
      worker.on("message", (report: SeedReport) => {
        onReport(report);
        goOn();
      });
      worker.on("error", reject);
      goOn();
    });
  await Promise.all(Array.from({ length: threads }, work));
}
