import { readFileSync } from "node:fs";

/** A process, told apart from a later one that got the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in a form only good for comparing; null where the system does not tell. */
  readonly started: string | null;
}

/** The identity of this process. */
export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, started: lookAt(process.pid)?.started ?? null };
}

/** Whether that very process still runs. */
export function isAlive({ pid, started }: ProcessIdentity): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const now = lookAt(pid);
  if (now?.ended) return false;
  return started === null || now === undefined || now.started === started;
}

/**
 * Linux: start time in ticks since boot, with the boot's own id, and whether the process has ended and only waits for its
 * parent to take note, which in a container may never happen. Undefined where the system does not tell.
 */
function lookAt(pid: number): { readonly started: string; readonly ended: boolean } | undefined {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { started: `${boot}/${fields[19]}`, ended: /^[ZX]/.test(fields[0] ?? "") };
  } catch {
    return undefined;
  }
}
