import { readFileSync } from "node:fs";
import { cpus } from "node:os";

// What Linux counts in (USER_HZ, man 5 proc).
const TICK_MS = 10;

/** Processor time of processes so far, in milliseconds; nothing where the system does not tell. */
export function processorTime(processes: { readonly [name: string]: number }): {
  readonly [name: string]: number;
} {
  const times: { [name: string]: number } = {};
  for (const [name, pid] of Object.entries(processes)) {
    const stat = statOf(pid);
    const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields) times[name] = (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  }
  return times;
}

/** Processor time of everything on this machine so far, in milliseconds. */
export function machineTime(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
}

function statOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined;
  }
}
