import { readBody } from "../../../lib/core/event-body.ts";
import { isObject, type JsonObject } from "../../../lib/core/json.ts";
import { type RunRecord, timeOfRunId } from "../../../lib/core/run.ts";
import type { Delivered, Played } from "./play.ts";
import type { Workload } from "./workload.ts";

const EARLY_MS = 2_000;
const SUPERSEDED = /superseded by run (\S+)$/;
const MOST_IN_A_BATCH = 3;
const RATE = { count: 2, intervalMs: 30_000 };

/** What inputs with limits have promised and not kept. */
export function judgeLimits(played: Played, runs: readonly RunRecord[]): readonly string[] {
  return played.plan.workloads.flatMap((workload) => {
    // Nothing counts for a replay: somebody asked for it.
    const own = runs.filter((run) => run.workflow === workload.name && !run.replayOf);
    const deliveries = played.deliveries.filter((one) => one.workload === workload);
    return judgeKind(played, workload, own, deliveries).map((what) => `${workload.about}: ${what}`);
  });
}

function judgeKind(
  { plan: { skewMs }, watch }: Played,
  { limited }: Workload,
  runs: readonly RunRecord[],
  deliveries: readonly Delivered[],
): readonly string[] {
  switch (limited) {
    case "dedupe":
      return judgeDedupe(runs, deliveries);
    case "respond":
      return judgeAnswers(deliveries);
    case "rate":
    case "rate that rejects":
      return judgeRate(runs, deliveries, skewMs);
    case "debounce":
      return judgeBursts(runs, watch);
    case "batch":
    case "batch with dedupe":
      return judgeBatches(runs, deliveries, limited === "batch with dedupe");
    default:
      return [];
  }
}

function judgeDedupe(runs: readonly RunRecord[], deliveries: readonly Delivered[]): readonly string[] {
  const byKey = Map.groupBy(runs, (run) => numberOf(eventOf(run)));
  const many = [...byKey].filter(([, same]) => same.length > 1);
  return [
    ...many.map(([n, same]) => `P3: ${n} is ${same.length} runs`),
    ...accepted(deliveries)
      .filter(({ event, told }) => !byKey.get(numberOf(event))?.some(({ runId }) => runId === told))
      .map(({ event, told }) => `P3: the sender of ${numberOf(event)} was told of ${told}`),
  ];
}

function judgeAnswers(deliveries: readonly Delivered[]): readonly string[] {
  return deliveries
    .filter(({ answer, event }) => {
      const wanted = JSON.stringify({ n: numberOf(event), a: 1 });
      return answer?.status === 200 && !isDropped(answer.body) && JSON.stringify(answer.body) !== wanted;
    })
    .map(
      ({ answer, event }) => `the sender of ${numberOf(event)} was answered ${JSON.stringify(answer?.body)}`,
    );
}

/** Turns as they were given out: `count` at once, then one each interval. */
function judgeRate(
  runs: readonly RunRecord[],
  deliveries: readonly Delivered[],
  skewMs: number,
): readonly string[] {
  const known = new Map(runs.map((run) => [run.runId, run]));
  const turns = accepted(deliveries).flatMap(({ told, begins, event }) => {
    const run = known.get(told);
    return run ? [{ run, at: begins ?? run.createdAt, key: keyOf(event) }] : [];
  });
  const early = turns.filter(({ run, at }) => (run.startedAt ?? at) + EARLY_MS + 2 * skewMs < at);
  const byKey = [...Map.groupBy(turns, ({ key }) => key).values()].map((all) =>
    [...new Map(all.map((one) => [one.run.runId, one.at])).values()].sort((a, b) => a - b),
  );
  const close = byKey.flatMap((times) =>
    times.flatMap((at, index) =>
      times
        .slice(index + RATE.count)
        .filter((later, more) => later - at < (more + 1) * RATE.intervalMs - 1)
        .map((later) => `turns at ${at} and ${later} are too close`),
    ),
  );
  return [...close, ...early.map(({ run }) => `run ${run.runId} began before its turn`)];
}

function judgeBursts(runs: readonly RunRecord[], watch: Played["watch"]): readonly string[] {
  return runs.flatMap((run) => {
    const { runId, burst, reason = "", status } = run;
    if (!burst) return [];
    const followers = runs.filter(
      (one) => one.burst?.place === burst.place && one.runId > runId && timeOfRunId(one.runId) < burst.until,
    );
    const [, by] = SUPERSEDED.exec(reason) ?? [];
    if (by !== undefined)
      return followers.some((one) => one.runId === by)
        ? []
        : [`${runId} is superseded by ${by}, which does not follow it`];
    const { claimedBy = 0 } = watch.runs.get(runId) ?? {};
    const seen = followers.filter((one) => (watch.runs.get(one.runId)?.storedBy ?? claimedBy) < claimedBy);
    return status === "succeeded" && seen.length > 0
      ? [`${runId} ran, though ${seen[0]?.runId} follows it`]
      : [];
  });
}

function judgeBatches(
  runs: readonly RunRecord[],
  deliveries: readonly Delivered[],
  dedupe: boolean,
): readonly string[] {
  const lists = new Map(runs.map((run) => [run.runId, numbersIn(run)]));
  const all = [...lists.values()].flat();
  const timesOf = (n: number) => all.filter((one) => one === n).length;
  // A run that took its processes down has failed without its list: what is in its batch lies beside it, for a redrive to fill.
  const unfilled = new Set(
    runs.flatMap(({ runId, status, batch }) =>
      status === "failed" && batch?.events === undefined ? [runId] : [],
    ),
  );
  const lost = accepted(deliveries).filter(
    ({ event, told }) => !unfilled.has(told) && !lists.get(told)?.includes(numberOf(event)),
  );
  const tries = Map.groupBy(deliveries, ({ event }) => numberOf(event));
  return [
    ...lost.map(({ event, told }) => `P1: ${numberOf(event)} is not in the list of ${told}`),
    ...[...lists]
      .filter(([, { length }]) => length > MOST_IN_A_BATCH)
      .map(([runId]) => `${runId} has too many`),
    ...[...tries]
      .filter(([n, { length }]) => timesOf(n) > (dedupe ? 1 : length))
      .map(([n]) => `P3: ${n} is in ${timesOf(n)} lists`),
  ];
}

function numbersIn(run: RunRecord): readonly number[] {
  const list = readBody(run.event);
  return Array.isArray(list) ? list.map((one) => (isObject(one) ? Number(one.n) : Number.NaN)) : [];
}

/** Deliveries that were answered with a run, and when it begins. */
function accepted(deliveries: readonly Delivered[]) {
  return deliveries.flatMap(({ answer, event }) => {
    const body = isObject(answer?.body ?? null) ? (answer?.body as JsonObject) : {};
    if (answer?.status !== 202) return [];
    const begins = body.begins_at === undefined ? undefined : Date.parse(String(body.begins_at));
    return [{ event, told: String(body.run_id), begins }];
  });
}

function isDropped(body: unknown): boolean {
  return typeof body === "object" && body !== null && "reason" in body;
}

function eventOf(run: RunRecord) {
  return readBody(run.event);
}

function numberOf(event: unknown): number {
  return Number((event as JsonObject).n);
}

function keyOf(event: unknown): string {
  return String((event as JsonObject).key);
}
