import { DAY_MS } from "../../app/timings.ts";
import { type ErrorClass, FlowError } from "../../core/flow-error.ts";
import { isFinal, type RunStatus, type RunSummary } from "../../core/run.ts";
import { nameHint } from "../../language/nearest-name.ts";
import type { History } from "../history.ts";
import type { Selection } from "./act-on-all.ts";

/** Which runs a command is for, as the command line gives it. */
export interface RunFilter {
  readonly workflow?: string;
  readonly status?: RunStatus;
  readonly class?: ErrorClass;
  /** Milliseconds since the epoch, of the time a run was made. */
  readonly since?: number;
  readonly until?: number;
}

/** The filter among a command's options. */
export function filterOf({ workflow, status, class: errorClass, since, until }: RunFilter): RunFilter {
  return {
    ...(workflow !== undefined && { workflow }),
    ...(status && { status }),
    ...(errorClass && { class: errorClass }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
  };
}

const RUN_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const PAGE = 200;
/** Runs are kept for 30 days unless their workflow says otherwise (language.md, `history`). */
const USUAL_DAYS = 30;

/** @throws FlowError `invalid_input` for a text that is no run's id. */
export function checkRunIds(ids: readonly string[]): void {
  const wrong = ids.find((id) => !RUN_ID.test(id));
  if (wrong !== undefined)
    throw new FlowError(
      "invalid_input",
      `"${wrong}" is no run id: "hookline runs list" shows them, e.g. 019d0c1e-7b3a-7c2f-9d54-3a1b2c3d4e5f`,
    );
}

/**
 * The runs that were named, or those a filter finds among some statuses; `statuses` stand for a missing `--status`, none for
 * all that are final.
 * @throws FlowError `invalid_input` for ids that are none, a workflow that there is not, names and a filter together, and
 * for neither.
 */
export async function selectRuns(
  { store, inputs }: Pick<History, "store" | "inputs">,
  named: readonly string[],
  filter: RunFilter,
  statuses: readonly RunStatus[],
): Promise<Selection<string>> {
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  if (named.length > 0) {
    if (isFiltered)
      throw new FlowError(
        "invalid_input",
        "name runs, or choose them by --workflow, --status, --class, --since and --until: not both",
      );
    checkRunIds(named);
    return namedRuns(named);
  }
  if (!isFiltered)
    throw new FlowError(
      "invalid_input",
      "which runs? Name them by their ids, or choose them by --workflow, --status, --class, --since or --until",
    );
  const known = await inputs();
  const now = Date.now();
  const keptDays = Math.max(USUAL_DAYS, ...known.map(({ retentionDays }) => retentionDays));
  const { since = now - keptDays * DAY_MS, until = now } = filter;
  if (filter.workflow !== undefined) await checkWorkflow(filter.workflow, { store, inputs }, since);
  const query = {
    workflows: filter.workflow === undefined ? known.map(({ name }) => name) : [filter.workflow],
    ...(filter.class && { errorClass: filter.class }),
    limit: PAGE,
    since,
    until,
  };
  const asked = filter.status === undefined ? statuses : [filter.status];
  const pages = async function* (status: RunStatus | undefined): AsyncGenerator<readonly RunSummary[]> {
    for (let after: RunSummary | undefined; ; ) {
      const page = await store.list({ ...query, ...(status && { status }), ...(after && { after }) });
      yield status ? page : page.filter((run) => isFinal(run.status));
      after = page.at(-1);
      if (page.length < PAGE) return;
    }
  };
  const items = async function* (): AsyncGenerator<string> {
    for (const status of asked.length === 0 ? [undefined] : asked)
      for await (const page of pages(status)) yield* page.map(({ runId }) => runId);
  };
  return {
    noun: "run",
    isNamed: false,
    items,
    idOf: (runId) => runId,
    async count() {
      let count = 0;
      for await (const _id of items()) count += 1;
      return count;
    },
  };
}

function namedRuns(named: readonly string[]): Selection<string> {
  const ids = [...new Set(named)];
  return {
    noun: "run",
    isNamed: true,
    count: async () => ids.length,
    async *items() {
      yield* ids;
    },
    idOf: (runId) => runId,
  };
}

/** Passes a workflow that is known, or whose file is gone and that has runs still. @throws FlowError `invalid_input` for any other. */
export async function checkWorkflow(
  name: string,
  { store, inputs }: Pick<History, "store" | "inputs">,
  since: number,
): Promise<void> {
  const known = (await inputs()).map((input) => input.name);
  if (known.includes(name)) return;
  const [run] = await store.list({ workflows: [name], limit: 1, since, until: Date.now() });
  if (run) return;
  const hint = nameHint(name, known);
  throw new FlowError(
    "invalid_input",
    `there is no workflow "${name}", and no run of it${hint === undefined ? "" : `: ${hint}`}`,
  );
}
