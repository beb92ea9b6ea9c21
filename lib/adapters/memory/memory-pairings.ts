import type { Pairings } from "../../core/ports/pairings.ts";

/** Pairings in this process's memory: the same promises as the durable ones. */
export function createMemoryPairings(): Pairings {
  const open = new Map<string, { readonly until: number; readonly secret?: string }>();
  return {
    async open(workflow, until) {
      open.set(workflow, { until });
    },
    async give(workflow, secret, now) {
      const pairing = open.get(workflow);
      if (!pairing || pairing.until <= now || pairing.secret !== undefined) return false;
      open.set(workflow, { ...pairing, secret });
      return true;
    },
    async take(workflow) {
      const secret = open.get(workflow)?.secret;
      if (secret !== undefined) open.delete(workflow);
      return secret;
    },
    async close(workflow) {
      open.delete(workflow);
    },
  };
}
