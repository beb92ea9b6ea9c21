import { chance } from "./chance.ts";

/** Something that happens to a process. */
export interface Fault {
  /** After the trial's beginning. */
  readonly atMs: number;
  readonly role: "ingest" | "runner" | "sweeper";
  /** Which runner, from 0; 0 for the others. */
  readonly which: number;
  /** For how long it stands still; absent: it is killed. */
  readonly stallMs?: number;
}

/** What is planned. */
export interface FaultPlanOptions {
  readonly seed: number;
  readonly faults: number;
  readonly spreadMs: number;
  readonly runners: number;
  /** How long a lease lasts: a stalled runner sleeps through its own. */
  readonly leaseMs: number;
}

/** Longer than a sender waits for an answer. */
const INGEST_STALL_MS = 3_500;

/** Faults at random times, in order. The seed fixes the plan; what each of them meets is the machine's doing. */
export function planFaults({ seed, faults, spreadMs, runners, leaseMs }: FaultPlanOptions): readonly Fault[] {
  const plan = Array.from({ length: faults }, (_, nth): Fault => {
    const draw = (what: string) => chance(seed, "fault", nth, what);
    const atMs = draw("time") * spreadMs;
    const runner = { atMs, role: "runner", which: Math.floor(draw("which") * runners) } as const;
    const kind = draw("kind");
    if (kind < 0.5) return runner;
    if (kind < 0.7) return { ...runner, stallMs: leaseMs * (1.2 + draw("stall")) };
    if (kind < 0.88) return { atMs, role: "ingest", which: 0 };
    if (kind < 0.94) return { atMs, role: "ingest", which: 0, stallMs: INGEST_STALL_MS };
    return { atMs, role: "sweeper", which: 0 };
  });
  return plan.sort((a, b) => a.atMs - b.atMs);
}
