import { chance } from "./chance.ts";

/** Something that happens to a process. */
export interface Fault {
  /** After the trial's beginning. */
  readonly atMs: number;
  readonly role: "ingest" | "runner" | "sweeper";
  /** Which runner, from 0; 0 for the others. */
  readonly which: number;
  /** `restart`: it is asked to end, and may finish what is under way. */
  readonly kind: "kill" | "stall" | "restart";
  /** For how long it stands still. */
  readonly stallMs: number;
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

type Kind = Pick<Fault, "role" | "kind"> & { readonly share: number };

const KINDS: readonly Kind[] = [
  { share: 0.46, role: "runner", kind: "kill" },
  { share: 0.2, role: "runner", kind: "stall" },
  { share: 0.04, role: "runner", kind: "restart" },
  { share: 0.14, role: "ingest", kind: "kill" },
  { share: 0.06, role: "ingest", kind: "stall" },
  { share: 0.04, role: "ingest", kind: "restart" },
  { share: 0.06, role: "sweeper", kind: "kill" },
];

/** Faults at random times, in order. The seed fixes the plan; what each of them meets is the machine's doing. */
export function planFaults({ seed, faults, spreadMs, runners, leaseMs }: FaultPlanOptions): readonly Fault[] {
  const plan = Array.from({ length: faults }, (_, nth): Fault => {
    const draw = (what: string) => chance(seed, "fault", nth, what);
    const { role, kind } = kindAt(draw("kind"));
    return {
      atMs: draw("time") * spreadMs,
      role,
      which: role === "runner" ? Math.floor(draw("which") * runners) : 0,
      kind,
      stallMs: role === "runner" ? leaseMs * (1.2 + draw("stall")) : INGEST_STALL_MS,
    };
  });
  return plan.sort((a, b) => a.atMs - b.atMs);
}

function kindAt(drawn: number): Kind {
  let left = drawn;
  for (const kind of KINDS) {
    if (left < kind.share) return kind;
    left -= kind.share;
  }
  return KINDS[0] as Kind;
}
