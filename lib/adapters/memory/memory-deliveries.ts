import type { Deliveries, NamedRun, Receipt } from "../../core/ports/deliveries.ts";
import type { RunStore } from "../../core/ports/run-store.ts";

/** What is known of deliveries, in this process's memory: the same promises as the durable one. */
export function createMemoryDeliveries(runs: Pick<RunStore, "get">): Deliveries {
  const names = new Map<string, { readonly run: NamedRun; readonly until: number }>();
  const receipts = new Map<string, Receipt>();
  const placeOf = (workflow: string, key: string) => JSON.stringify([workflow, key]);
  return {
    async name({ workflow, key, until }, run) {
      const place = placeOf(workflow, key);
      const named = names.get(place);
      if (named && named.until > run.createdAt) return named.run;
      names.set(place, { run, until });
      return run;
    },
    async named(workflows, key) {
      return workflows.flatMap((workflow) => names.get(placeOf(workflow, key))?.run ?? []);
    },
    async keep(receipt) {
      receipts.set(receipt.id, receipt);
    },
    async list({ workflows, outcome, after, since, until, limit }) {
      return [...receipts.values()]
        .filter(({ workflow, at }) => workflows.includes(workflow) && at >= since && at <= until)
        .filter((one) => outcome === undefined || one.outcome === outcome)
        .filter(({ id }) => after === undefined || id < after)
        .sort((a, b) => (a.id < b.id ? 1 : -1))
        .slice(0, limit);
    },
    async get(id, workflows) {
      const receipt = receipts.get(id);
      return receipt && workflows.includes(receipt.workflow) ? receipt : undefined;
    },
    async factsOf(runIds) {
      const found = await Promise.all(runIds.map((runId) => runs.get(runId)));
      return new Map(found.flatMap((run) => (run?.delivery ? [[run.runId, run.delivery] as const] : [])));
    },
  };
}
