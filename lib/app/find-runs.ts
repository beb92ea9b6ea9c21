import type { Deliveries } from "../core/ports/deliveries.ts";
import type { RunStore } from "../core/ports/run-store.ts";
import { type RunSummary, timeOfRunId } from "../core/run.ts";
import type { InputEntry } from "../core/workflow.ts";

const RUN_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const FIRST_ID = "00000000-0000-0000-0000-000000000000";
const LAST_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff";
/** So many characters of an id name a minute; fewer would be a search through hours. */
const FEWEST = 8;

/**
 * Runs that a text names: by their id, by its first 8 characters or more, or by the business key of the delivery that became the
 * run (`input.dedupe.key`); newest first. No more than `limit` of one beginning are looked at.
 * @throws FlowError when the store cannot be reached.
 */
export async function findRuns(
  { store, deliveries }: { readonly store: RunStore; readonly deliveries: Deliveries },
  {
    text,
    inputs,
    limit,
  }: { readonly text: string; readonly inputs: readonly InputEntry[]; readonly limit: number },
): Promise<readonly RunSummary[]> {
  const id = text.toLowerCase();
  const summaries = async (ids: readonly string[]) =>
    (await Promise.all(ids.map((one) => store.summary(one)))).filter((run) => run !== undefined);
  if (RUN_ID.test(id)) return summaries([id]);
  const keyed = inputs.filter(({ webhook }) => webhook?.dedupe).map(({ name }) => name);
  const [begun, named] = await Promise.all([
    beginningWith(store, id, inputs, limit),
    deliveries.named(keyed, text).then((runs) => summaries(runs.map(({ runId }) => runId))),
  ]);
  const found = new Map([...begun, ...named].map((run) => [run.runId, run]));
  return [...found.values()].sort((a, b) => b.createdAt - a.createdAt);
}

/** An id begins with its run's time, so that its beginning is a stretch of the list of runs. */
async function beginningWith(
  store: RunStore,
  beginning: string,
  inputs: readonly InputEntry[],
  limit: number,
): Promise<readonly RunSummary[]> {
  const from = beginning + FIRST_ID.slice(beginning.length);
  if (beginning.length < FEWEST || !RUN_ID.test(from)) return [];
  const runs = await store.list({
    workflows: inputs.map(({ name }) => name),
    since: timeOfRunId(from),
    until: timeOfRunId(beginning + LAST_ID.slice(beginning.length)),
    limit,
  });
  return runs.filter(({ runId }) => runId.startsWith(beginning));
}
