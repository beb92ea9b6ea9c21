import type { Json } from "../../../lib/core/json.ts";
import { type Chance, chanceOf } from "../random/chance.ts";
import { chooseLimitedWorkloads } from "./limited-workloads.ts";
import { PEER_TROUBLES, type PeerTrouble } from "./peers.ts";
import type { Manners } from "./simulated-queue.ts";
import { type Climate, TROUBLES } from "./weather.ts";
import type { Workload } from "./workload.ts";
import { chooseWorkloads } from "./workloads.ts";

/** Version of what makes worlds of seeds; raised when a seed comes to mean another world. */
export const GENERATOR = 3;

/** Seeds from here are worlds of their own kind: their workloads are those whose inputs have limits. */
export const LIMITED_WORLDS = 2_000_000_000;

/** What a sender, an operator or a deploy does, and when: milliseconds after the beginning. */
export interface Act {
  readonly at: number;
  readonly kind: "event" | "deploy" | "redrive" | "cancel" | "replay" | "rollback";
  /** Which workload: for events, deploys and rollbacks. */
  readonly workload: number;
  /** What is delivered, where it is not the workload's own event. */
  readonly event?: Json;
}

/** Everything that a seed decides beforehand. */
export interface Plan {
  readonly seed: number;
  readonly workloads: readonly Workload[];
  readonly acts: readonly Act[];
  /** From then on nothing goes wrong any more. */
  readonly calmAfterMs: number;
  readonly invocationMs: number;
  readonly visibilityMs: number;
  readonly batchSize: number;
  /** Invocations of the runner at once. */
  readonly concurrency: number;
  /** Largest error of a process's clock. */
  readonly skewMs: number;
  readonly latencyMs: readonly [number, number];
  readonly indexLagMs: number;
  readonly table: Climate;
  readonly queue: Climate;
  readonly manners: Manners;
  /** Share of invocations that die, that stall, and that have less time than usual. */
  readonly dying: number;
  readonly stalling: number;
  readonly short: number;
  /** Deliveries that are received and not executed, since no more invocations are allowed. */
  readonly overPolled: number;
  /** Deletions of handled messages that fail. */
  readonly undeletedByConsumer: number;
  readonly peers: { readonly share: number; readonly kinds: readonly PeerTrouble[]; readonly most: number };
}

const MINUTE = 60_000;
const CALM: Climate = { calm: 0, storm: 0, storms: 0, longestMs: 1, kinds: [] };
const POLITE: Manners = { duplicates: 0, late: 0, undeleted: 0, partial: 0 };

/** The world of one workload in which nothing goes wrong: what faults must not change. */
export function calmPlan(workload: Workload, version: 0 | 1): Plan {
  const deploy: Act[] = version === 1 ? [{ at: 0, kind: "deploy", workload: 0 }] : [];
  return {
    seed: 1,
    workloads: [workload],
    acts: [...deploy, { at: 1_000, kind: "event", workload: 0 }],
    calmAfterMs: 0,
    invocationMs: 15 * MINUTE,
    visibilityMs: 90 * MINUTE,
    batchSize: 10,
    concurrency: 1,
    skewMs: 0,
    latencyMs: [1, 1],
    indexLagMs: 0,
    table: CALM,
    queue: CALM,
    manners: POLITE,
    dying: 0,
    stalling: 0,
    short: 0,
    overPolled: 0,
    undeletedByConsumer: 0,
    peers: { share: 0, kinds: [], most: 0 },
  };
}

/** What a seed decides. Each kind of fault is left out of some seeds, so that none hides what another one shows. */
export function planOf(seed: number): Plan {
  const chance = chanceOf(seed);
  const isLimited = seed >= LIMITED_WORLDS;
  const workloads = isLimited ? chooseLimitedWorkloads(chance) : chooseWorkloads(chance);
  const span = chance.scaled(2 * MINUTE, 120 * MINUTE);
  const sometimes = (share: number, most: number) => (chance.often(share) ? chance.fraction() * most : 0);
  const events = isLimited
    ? closeEvents(chance, workloads.length, span >> 1)
    : chance.several(chance.between(1, 5), (): Act => {
        return { at: chance.upTo(span >> 1), kind: "event", workload: chance.upTo(workloads.length - 1) };
      });
  const others = chance.several(chance.often(0.5) ? chance.between(1, 3) : 0, (): Act => {
    const kind = chance.pick(["deploy", "redrive", "cancel", "replay", "redrive"] as const);
    return { at: chance.upTo(span), kind, workload: chance.upTo(workloads.length - 1) };
  });
  const invocationMs = chance.pick([15 * MINUTE, 15 * MINUTE, 5 * MINUTE, 2 * MINUTE]);
  const plan: Plan = {
    seed,
    workloads,
    acts: [...events, ...others],
    calmAfterMs: span,
    invocationMs,
    visibilityMs: chance.often(0.3) ? chance.scaled(1_000, invocationMs) : 6 * invocationMs,
    batchSize: chance.pick([1, 3, 10]),
    concurrency: chance.between(1, 5),
    skewMs: chance.often(0.5) ? 0 : chance.upTo(2_400),
    latencyMs: chance.pick([
      [1, 20],
      [1, 300],
      [5, 2_000],
    ] as const),
    indexLagMs: chance.often(0.5) ? 20 : chance.scaled(20, 3 * MINUTE),
    table: climate(chance, span),
    queue: climate(chance, span),
    manners: {
      duplicates: sometimes(0.5, 0.5),
      late: sometimes(0.5, 0.4),
      undeleted: sometimes(0.4, 0.3),
      partial: sometimes(0.4, 0.6),
    },
    dying: sometimes(0.6, 0.4),
    stalling: sometimes(0.5, 0.5),
    short: sometimes(0.3, 0.5),
    overPolled: sometimes(0.3, 0.3),
    undeletedByConsumer: sometimes(0.3, 0.3),
    peers: {
      share: sometimes(0.5, 0.4),
      kinds: PEER_TROUBLES.filter(() => chance.often(0.6)),
      most: chance.often(0.1) ? Number.POSITIVE_INFINITY : 2,
    },
  };
  // Drawn last, so that everything else of a seed is what it was before there were rollbacks.
  if (!chance.often(0.15)) return plan;
  const workload = chance.upTo(workloads.length - 1);
  return { ...plan, acts: [...plan.acts, { at: chance.upTo(span >> 1), kind: "rollback", workload }] };
}

/** Some that come close together, of few keys, and now and then the same once more. */
function closeEvents(chance: Chance, workloads: number, span: number): readonly Act[] {
  return chance
    .several(chance.between(1, 3), () => chance.upTo(span))
    .flatMap((begin, group) => {
      const workload = chance.upTo(workloads - 1);
      return chance.several(chance.between(2, 8), (index): Act => {
        const n = group * 10 + (chance.often(0.2) ? 0 : index);
        const event = { n, key: chance.pick(["a", "a", "b"]) };
        return { at: begin + chance.scaled(1, 90_000), kind: "event", workload, event };
      });
    });
}

function climate(chance: Chance, span: number): Climate {
  if (chance.often(0.25)) return CALM;
  return {
    calm: chance.often(0.5) ? 0 : chance.scaled(1, 100) / 1_000,
    storm: 0.2 + 0.8 * chance.fraction(),
    storms: chance.upTo(4),
    longestMs: span / 2,
    kinds: TROUBLES.filter(() => chance.often(0.6)),
  };
}
