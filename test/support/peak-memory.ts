import { readFileSync } from "node:fs";

/**
 * The most memory that this process held since it began, in MB. Read from /proc, so on Linux only: the maximum of
 * `process.resourceUsage()` begins with what the process that started this one held (`exec_mmap` in Linux's fs/exec.c).
 */
export function peakMemoryMb(): number {
  const [, kB] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  return Math.round(Number(kB) / 1000);
}
