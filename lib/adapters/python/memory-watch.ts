import { readFileSync, writeFileSync } from "node:fs";

const PAGE_BYTES = 4_096;
const EVERY_MS = 50;

/** What processes may hold, in bytes: each of them, and all of them together. */
export interface MemoryLimits {
  readonly each: number;
  readonly all: number;
}

/** Looks after the memory of child processes while one of them works. */
export interface MemoryWatch {
  /** `over` is called when the process holds more than one may, or the most of all that hold too much together. */
  add(pid: number, over: () => void): void;
  remove(pid: number): void;
  /** The watch is kept until the returned function is called. */
  begin(): () => void;
}

/**
 * A watch over no process yet. Only where Linux tells: V8's own limits know nothing of the buffers that JavaScript
 * objects may hold.
 */
export function createMemoryWatch({ each, all }: MemoryLimits): MemoryWatch {
  const watched = new Map<number, () => void>();
  let working = 0;
  let timer: NodeJS.Timeout | undefined;

  function look(): void {
    const held = [...watched].map(([pid, over]) => ({ over, bytes: residentBytes(pid) }));
    held.sort((a, b) => b.bytes - a.bytes);
    let sum = held.reduce((total, { bytes }) => total + bytes, 0);
    for (const { over, bytes } of held) {
      if (bytes <= each && sum <= all) return;
      over();
      sum -= bytes;
    }
  }

  return {
    add: (pid, over) => void watched.set(pid, over),
    remove: (pid) => void watched.delete(pid),
    begin() {
      working += 1;
      timer ??= setInterval(look, EVERY_MS);
      return () => {
        working -= 1;
        if (working > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  };
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
