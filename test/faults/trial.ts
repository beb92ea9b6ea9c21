import { createDynamoBursts } from "../../lib/adapters/dynamo/dynamo-bursts.ts";
import { createDynamoCache } from "../../lib/adapters/dynamo/dynamo-cache.ts";
import { createDynamoRunStore } from "../../lib/adapters/dynamo/dynamo-run-store.ts";
import { createDynamoSlots } from "../../lib/adapters/dynamo/dynamo-slots.ts";
import { chunkRunIds } from "../../lib/app/chunk-run-ids.ts";
import { describeRun } from "../../lib/app/describe-run.ts";
import type { WebhookAnswer } from "../../lib/app/webhook-answer.ts";
import { isSettled } from "../../lib/core/journal.ts";
import type { Json, JsonObject } from "../../lib/core/json.ts";
import type { HttpRequest } from "../../lib/core/ports/http.ts";
import type { RunStore } from "../../lib/core/ports/run-store.ts";
import { isFinal, type RunRecord } from "../../lib/core/run.ts";
import { type Call, type Faults, planFaults, type Strike } from "../support/faults.ts";
import { clientOfTable, quietTable } from "../support/simulated-dynamodb.ts";
import { createWorld, type World } from "../support/world.ts";
import type { SimulatedTable } from "./sim/simulated-table.ts";
import type { FaultCase } from "./workflows.ts";

/** A stage whose processes are struck, and what its store keeps. */
export interface FaultyStage {
  readonly world: World;
  /** The store itself, which no fault befalls. */
  readonly store: RunStore;
  readonly faults: Faults;
  /** Steps that had a settled entry in the store when their request was made. */
  readonly ranAgain: readonly string[];
  /** Lets the stage work until the queue is empty and no run is due. `look` is called after each invocation. */
  untilQuiet(look?: () => Promise<void>): Promise<void>;
}

/** What came of one event, from its delivery until nothing moves any more. */
export interface Trial extends FaultyStage {
  readonly calls: readonly Call[];
  /** Undefined: ingest died. */
  readonly answer: WebhookAnswer | undefined;
  /** The run at its end, undefined when none is kept. */
  readonly run: RunRecord | undefined;
  /** The runs that it and others started, oldest first, then the chunks of their loops. */
  readonly children: readonly RunRecord[];
  /** The final status, each time it was looked at. */
  readonly finals: readonly string[];
}

const STORE = [
  "create",
  "discard",
  "claim",
  "append",
  "fill",
  "release",
  "finish",
  "redrive",
  "nameReplay",
  "failDamaged",
  "due",
  "postpone",
  "putVersion",
  "getVersion",
  "status",
  "get",
] as const;
const LOOPS = ["keepState", "state", "keepResult", "results", "end", "reopen", "progress"] as const;
const BATCHES = [
  "current",
  "name",
  "open",
  "takeNumber",
  "put",
  "settle",
  "spotOf",
  "close",
  "items",
] as const;
const QUEUE = ["send", "sendAll", "giveBack", "deadLetter"] as const;

const TABLE = "test";

// More invocations than any run in the table takes, faults included.
const MOST_INVOCATIONS = 1_000;

/** A stage with one workflow, all of whose calls of store, queue and other side are struck as planned. */
export function faultyStage(
  { file, workflows = {}, http = [], llm = [], python, jq, secrets, table }: FaultCase,
  strikes: readonly Strike[] = [],
): FaultyStage {
  const faults = planFaults(strikes);
  const ranAgain: string[] = [];
  let kept: RunStore | undefined;
  const client = table && clientOfTable(table);
  const struck = client && faults.wrap("table", client, ["send"]);
  const world = createWorld({
    file,
    workflows,
    http,
    llm,
    ...(python && { python: faults.wrap("python", python, ["run"]) }),
    ...(jq && { jq }),
    ...(secrets && { secrets }),
    wrapStore(store, clock) {
      const place = { table: TABLE, now: clock.now };
      kept = client ? createDynamoRunStore({ ...place, client }) : store;
      return struck
        ? createDynamoRunStore({ ...place, client: struck })
        : {
            ...faults.wrap("store", store, STORE),
            loops: faults.wrap("loops", store.loops, LOOPS),
            batches: faults.wrap("batches", store.batches, BATCHES),
          };
    },
    wrapCache: (cache) =>
      struck
        ? createDynamoCache({ client: struck, table: TABLE })
        : faults.wrap("cache", cache, ["claim", "store", "release"]),
    wrapSlots: (slots) =>
      struck
        ? createDynamoSlots({ client: struck, table: TABLE })
        : faults.wrap("slots", slots, ["take", "free", "enter", "leave"]),
    wrapBursts: (bursts) =>
      struck ? createDynamoBursts({ client: struck, table: TABLE }) : faults.wrap("bursts", bursts, ["join"]),
    wrapQueue: (queue) => faults.wrap("queue", queue, QUEUE),
    wrapHttp(peer) {
      const send = async (request: HttpRequest) => {
        const { runId, path } = stepOf(request);
        const run = await kept?.get(runId);
        if (run?.journal.some((entry) => entry.path === path && isSettled(entry))) ranAgain.push(path);
        return peer.send(request);
      };
      return faults.wrap("peer", { send }, ["send"]);
    },
    wrapLlm: (llm) => faults.wrap("model", llm, ["complete"]),
    wrapClock: faults.wrapClock,
  });
  const store = kept as RunStore;
  const untilQuiet: FaultyStage["untilQuiet"] = async (look = async () => {}) => {
    for (let left = MOST_INVOCATIONS; await goOn(world, store, faults); left -= 1) {
      if (left === 0) throw new Error(`still moving after ${MOST_INVOCATIONS} invocations`);
      await look();
    }
  };
  return { world, store, faults, ranAgain, untilQuiet };
}

/** Delivers the event and lets the stage work. */
export async function play(given: FaultCase, strikes: readonly Strike[] = []): Promise<Trial> {
  const stage = faultyStage(given, strikes);
  const { world, store, faults } = stage;
  const answer = await faults.live(() => world.post(given.event ?? {}));
  const [due] = await store.due(Number.POSITIVE_INFINITY, 1);
  const finals: string[] = [];
  await stage.untilQuiet(async () => {
    const run = due && (await store.get(due.runId));
    if (run && isFinal(run.status)) finals.push(run.status);
  });
  const run = due && (await store.get(due.runId));
  const started = await runsOf(Object.keys(given.workflows ?? {}), run?.createdAt ?? 0, stage);
  const children = [...started, ...(await chunksOf(run ? [run, ...started] : started, store))];
  return { ...stage, calls: faults.calls, answer, run, children, finals };
}

/** The runs of some workflows since the event was accepted. */
async function runsOf(
  workflows: readonly string[],
  since: number,
  { store, world: { clock } }: FaultyStage,
): Promise<readonly RunRecord[]> {
  if (workflows.length === 0) return [];
  // Ids named within one millisecond are dated behind each other, so ahead of the clock.
  const until = clock.now() + 1_000;
  const listed = await store.list({ workflows, limit: 100, until, since });
  const all = await Promise.all(listed.toReversed().map(({ runId }) => store.get(runId)));
  return all.filter((one) => one !== undefined);
}

/** The chunks of runs' loops, and of loops in those. */
async function chunksOf(runs: readonly RunRecord[], store: RunStore): Promise<readonly RunRecord[]> {
  const named = runs.flatMap(({ journal }) => journal.flatMap(({ chunks }) => (chunks ? [chunks] : [])));
  const ids = [...new Set(named.flatMap(chunkRunIds))];
  if (ids.length === 0) return [];
  const found = await Promise.all(ids.map((runId) => store.get(runId)));
  const chunks = found.filter((one) => one !== undefined);
  return [...chunks, ...(await chunksOf(chunks, store))];
}

/** An empty table for one trial, from which nothing expires. */
export function tableOfTrial(): SimulatedTable {
  return quietTable({ ttlLagMs: Number.POSITIVE_INFINITY });
}

/** The invocation that comes next, at its time. False: there is none. */
async function goOn(
  { clock, queue, invoke, sweep }: World,
  store: RunStore,
  { live }: Faults,
): Promise<boolean> {
  const visibleAt = queue.nextVisibleAt() ?? Number.POSITIVE_INFINITY;
  if (visibleAt > clock.now()) {
    const [due] = await store.due(Number.POSITIVE_INFINITY, 1);
    const next = Math.min(visibleAt, due?.dueAt ?? Number.POSITIVE_INFINITY);
    if (next === Number.POSITIVE_INFINITY) return false;
    if (next > clock.now()) clock.advance(next - clock.now());
  }
  if (visibleAt <= clock.now()) await live(() => invoke());
  // A sweep that fails is an alarm, and a minute later there is the next one.
  else await live(sweep).catch(() => clock.advance(60_000));
  return true;
}

/** The run and the step that a request was made for. */
export function stepOf({ headers }: HttpRequest): { readonly runId: string; readonly path: string } {
  const key = headers["Idempotency-Key"] ?? "";
  return { runId: key.slice(0, 36), path: key.slice(37) };
}

/** The requests among the calls that left a process. */
export function requestsIn(calls: readonly Call[]): readonly HttpRequest[] {
  return calls.flatMap(({ name, given }) => (name === "peer.send" ? [given[0] as HttpRequest] : []));
}

/** What must not depend on faults: how the run ended, its state and its result, and which steps have an entry. */
export function outcomeOf(run: RunRecord | undefined, races = false): JsonObject | undefined {
  if (!run) return undefined;
  const { status, state, output, error, reason } = describeRun(run);
  const settled = run.journal.filter(isSettled).map((entry) => `${entry.path} ${entry.status}`);
  return {
    status,
    state: withoutChance(state),
    output: withoutChance(output),
    error: error && { class: error.class, step: error.step },
    reason: withoutChance(reason),
    ...(!races && { settled: settled.sort() }),
  };
}

const VARYING = new Set(["duration_ms", "attempts"]);
// In a text a value stands as JSON, in the sentence of an error its first 100 characters: their digits say where it is cut.
const VARYING_IN_TEXT = /("(?:duration_ms|attempts)":)(?:[^…]{0,100}…|\d+)/g;

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Times, ids and numbers of attempts are others in each trial. */
function withoutChance(value: Json): Json {
  return JSON.parse(
    JSON.stringify(value, (key, part) => {
      if (VARYING.has(key)) return 0;
      if (typeof part !== "string") return part;
      return part
        .replaceAll(VARYING_IN_TEXT, "$10")
        .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z?/g, "then")
        .replaceAll(UUID, "id");
    }),
  );
}
