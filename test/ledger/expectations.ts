import type { FinalStatus } from "../../lib/core/run.ts";

/** What a workflow of the trial does when nothing but the faults of the plan happens to it. */
export interface Expectation {
  /** Out of a hundred webhooks; 0: no sender knows it. */
  readonly share: number;
  readonly ends: FinalStatus;
  /** The effects of a run that ends so. */
  readonly steps: readonly string[];
  /** Among them, those that are made once at most. */
  readonly once?: readonly string[];
  /** Among them, those that the peer never does. */
  readonly refused?: readonly string[];
  /** The class a run that fails as it should fails with. */
  readonly failsWith?: string;
}

/** By the workflow's name: `workflows/<name>.yaml`. */
export const expectations: { readonly [workflow: string]: Expectation } = {
  chain: { share: 26, ends: "succeeded", steps: ["a", "b", "c", "d"] },
  loop: { share: 18, ends: "succeeded", steps: ["i0", "i1", "i2", "i3", "i4", "total"] },
  branches: { share: 16, ends: "succeeded", steps: ["left-1", "left-2", "right-1", "right-2", "join"] },
  parked: { share: 10, ends: "succeeded", steps: ["before", "after"] },
  once: { share: 10, ends: "succeeded", steps: ["before", "once", "after"], once: ["once"] },
  parent: { share: 10, ends: "succeeded", steps: ["before", "after"] },
  child: { share: 0, ends: "succeeded", steps: ["child-1", "child-2"] },
  dropped: { share: 4, ends: "dropped", steps: ["before"] },
  refused: {
    share: 4,
    ends: "failed",
    steps: ["before", "refused", "told"],
    refused: ["refused"],
    failsWith: "client_error",
  },
  down: { share: 2, ends: "failed", steps: ["before", "down"], refused: ["down"], failsWith: "server_error" },
};

/** The workflow of a number from 0 to below 1. */
export function workflowAt(drawn: number): string {
  let left = drawn * 100;
  for (const [name, { share }] of Object.entries(expectations)) {
    if (left < share) return name;
    left -= share;
  }
  return "chain";
}
