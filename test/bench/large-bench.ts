import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startDynalite } from "../support/dynalite.ts";
import { type LargeRunTimes, playLargeRun } from "../support/large-run.ts";
import { storeLongLoop } from "../support/long-loop.ts";
import { peakMemoryMb } from "../support/peak-memory.ts";

/** The largest values, in a process of their own for the sake of its memory. */
export interface LargeRunFigures {
  readonly times: LargeRunTimes;
  readonly peakRssMb: number;
}

/** A long loop, from its start and from item 7,321 on. */
export interface LongLoopFigures {
  readonly items: number;
  readonly ms: number;
  readonly peakRssMb: number;
  readonly writes: number;
}

const PROMISED = { eventBytes: 5_999_000, resultBytes: 25_000_000 };

/** A webhook of 6 MB, results of 25 MB, a state of 56 MB; and loops over 2,500, 5,000 and 10,000 items of 10 kB in a small process. */
export async function benchLarge(): Promise<{
  readonly run: LargeRunFigures;
  readonly loops: readonly LongLoopFigures[];
  readonly resumed: Pick<LongLoopFigures, "ms" | "peakRssMb">;
}> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--no-warnings",
    fileURLToPath(import.meta.url),
    "play",
  ]);
  const dynalite = await startDynalite();
  try {
    const loops: LongLoopFigures[] = [];
    for (const items of [2_500, 5_000, 10_000]) {
      const loop = await storeLongLoop(dynalite, { items, itemBytes: 10_000, answerBytes: 100 });
      const report = await loop.work();
      const writes = Object.values(report.writes).reduce((sum, count) => sum + count, 0);
      loops.push({ items, ms: report.ms, peakRssMb: report.peakRssMb, writes });
    }
    const killed = await storeLongLoop(dynalite, { items: 10_000, itemBytes: 10_000, answerBytes: 100 });
    await killed.work({ diesAt: 7_321 });
    const resumed = await killed.work({ minutes: 20 });
    return { run: JSON.parse(stdout), loops, resumed };
  } finally {
    await dynalite.stop();
  }
}

if (process.argv[2] === "play") {
  const dynalite = await startDynalite();
  const times = await playLargeRun(dynalite, PROMISED);
  process.stdout.write(JSON.stringify({ times, peakRssMb: peakMemoryMb() }));
  await dynalite.stop();
}
