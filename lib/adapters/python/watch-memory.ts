import { readFileSync, writeFileSync } from "node:fs";

const PAGE_BYTES = 4_096;
const EVERY_MS = 50;

/**
 * Calls `over` when a process holds more than `limitBytes` of memory; the returned function ends the watch. Only where
 * Linux tells: V8's own limits know nothing of the buffers that JavaScript objects may hold.
 */
export function watchMemory(pid: number, limitBytes: number, over: () => void): () => void {
  const timer = setInterval(() => {
    if (residentBytes(pid) > limitBytes) over();
  }, EVERY_MS);
  return () => clearInterval(timer);
}

/** Where memory ends before any watch sees it, Linux ends this process first, not the one that started it. */
export function offerToMemoryKiller(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, "1000");
  } catch {}
}

function residentBytes(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, "latin1").split(" ")[1]) * PAGE_BYTES;
  } catch {
    return 0;
  }
}
