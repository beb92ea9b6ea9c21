import { unpack } from "../../../lib/adapters/dynamo/packed-value.ts";
import { timingsOf } from "../../../lib/app/timings.ts";
import { heals } from "../../../lib/core/flow-error.ts";
import { isSettled, savedBy } from "../../../lib/core/journal.ts";
import { isFinal, type RunRecord } from "../../../lib/core/run.ts";
import { textOfAll } from "../../support/faults.ts";
import type { KeptLog } from "../../support/kept-log.ts";
import { runIdOf } from "../../support/world.ts";
import { baselineOf, faultlessOutcome, storedRuns } from "./baseline.ts";
import { judgeLimits } from "./judge-limits.ts";
import type { Played, RunNotes } from "./play.ts";
import type { Workload } from "./workload.ts";

// More than any run of a case needs, with every fault that a seed can inject. Where runners lag, each look of the sweeper adds one.
const MOST_MESSAGES = 80;

const NOTHING: RunNotes = { deaths: 0, troubles: 0, deliveries: 0, cancelled: false, redriven: false };

/** The promises that a world has broken, in words; empty: none. */
export async function judge(played: Played): Promise<readonly string[]> {
  const runs = await storedRuns(played);
  const judged = await Promise.all(
    runs.filter(({ parent }) => !parent).map((run) => judgeEnd(played, run, runs)),
  );
  return [
    ...played.broken,
    ...(played.isQuiet
      ? []
      : [`P2: something still moved after ${Math.round(played.lasted / 3_600_000)} hours`]),
    ...judgeIngest(played),
    ...judgeLeases(played),
    ...runs.flatMap((run) => judgeRun(played, run)),
    ...judgeLedger(played),
    ...judged.flat(),
    ...judgeLimits(played, runs),
    ...judgeSecrets(played),
  ];
}

/** P1: a 2xx means stored, and what was refused does not run. */
function judgeIngest({ deliveries, watch, stage }: Played): readonly string[] {
  const mayRun = new Set(
    stage.log.lines
      .filter(({ message }) => message.startsWith("what was refused may run"))
      .map(({ fields }) => fields?.run_id),
  );
  return deliveries.flatMap(({ answer, runIds, workload }) => {
    if (answer?.status === 202) {
      const runId = runIdOf(answer);
      return watch.runs.get(runId)?.exists
        ? []
        : [`P1: ${workload.about}: ${runId} was accepted and is not there`];
    }
    if (!answer || (workload.limited && !isRefused(answer.status, workload.limited))) return [];
    return runIds
      .filter((runId) => watch.runs.get(runId)?.exists && !mayRun.has(runId))
      .map((runId) => `P1: ${workload.about}: ${runId} was refused with ${answer.status} and is there`);
  });
}

/** Runs that are named for copies, for a burst or for a batch may stay: others may count on them. */
function isRefused(status: number, limited: string): boolean {
  return [429, 503].includes(status) && !/dedupe|debounce|batch/.test(limited);
}

/** P2: who has a run leaves it to others only where another one has claimed it. */
function judgeLeases({ stage, watch }: Played): readonly string[] {
  return stage.log.lines.flatMap(({ message }) => {
    const [, runId = "", epoch] =
      /^run (\S+): the lease of epoch (\d+) is not the newest/.exec(message) ?? [];
    const run = watch.runs.get(runId);
    return run?.exists && run.epoch <= Number(epoch)
      ? [`P2: the lease of epoch ${epoch} of run ${runId} was given up, and nobody had taken it`]
      : [];
  });
}

/** What holds of each run by itself. */
function judgeRun({ stage, watch, plan }: Played, run: RunRecord): readonly string[] {
  const { runId, status, error, journal } = run;
  if (!isFinal(status)) return [`P2: run ${runId} of ${run.workflow} is ${status} at the end`];
  const settled = journal.filter(isSettled).map(({ path }) => path);
  const twice = settled.filter((path, index) => settled.indexOf(path) < index);
  // Of a message that the queue itself gave up, `dlq list` tells the run's own error.
  const isBuried = stage.queue.buried.some(
    ({ body, reason }) => body.includes(runId) && (!reason || reason.class === error?.class),
  );
  const messages = stage.queue.sent.get(JSON.stringify({ run_id: runId })) ?? 0;
  const lasted = (run.finishedAt ?? run.createdAt) - run.createdAt;
  const looks = lasted / timingsOf(plan.invocationMs).lookAfterMs;
  const told = watch.runs.get(runId)?.ends.at(-1);
  return [
    ...twice.map((path) => `P5: step ${path} of run ${runId} has two entries`),
    ...(status === "failed" && !isBuried && !run.chunk
      ? [`P2: run ${runId} failed and is in no dead-letter queue`]
      : []),
    ...(told === status ? [] : [`P4: run ${runId} ended as ${told} and is ${status}`]),
    ...(messages > MOST_MESSAGES + looks ? [`storm: ${messages} messages for run ${runId}`] : []),
    ...effectsWithout(stage.peers.ledger, run),
  ];
}

/** P6: an entry that says that an effect took place is true. */
function effectsWithout(ledger: Played["stage"]["peers"]["ledger"], { runId, journal }: RunRecord): string[] {
  const done = new Set(ledger.filter((line) => line.runId === runId && line.worked).map(({ path }) => path));
  return journal
    .filter(({ type, status }) => type === "http_call" && status === "ok")
    .filter(({ path }) => !done.has(path))
    .map(({ path }) => `P6: step ${path} of run ${runId} is ok, and nobody was asked`);
}

/** P6: a repeated call is the same call, and what may be done once is done once. */
function judgeLedger({ stage, watch }: Played): readonly string[] {
  const byKey = Map.groupBy(stage.peers.ledger, ({ key }) => key);
  return [...byKey].flatMap(([key, lines]) => {
    const workload = stage.workloadOf(watch.runs.get(lines[0]?.runId ?? "")?.workflow ?? "");
    const isOnce = workload?.onceOnly.includes(lines[0]?.url ?? "");
    return [
      ...(new Set(lines.map(({ request }) => request)).size > 1
        ? [`P6: ${key} was sent with different requests`]
        : []),
      ...(isOnce && lines.slice(0, -1).some(({ declined }) => !declined)
        ? [`P6: ${key} may be done once, may have been done, and was asked for again`]
        : []),
    ];
  });
}

/** P7: state, result and the steps that have an entry are as if undisturbed, save where a fault excuses the difference. */
async function judgeEnd(
  played: Played,
  run: RunRecord,
  all: readonly RunRecord[],
): Promise<readonly string[]> {
  const workload = played.stage.workloadOf(run.workflow);
  if (workload?.limited) return [];
  if (!workload) return [`P7: nobody knows the workflow ${run.workflow}`];
  const version = workload.versions.findIndex(({ hash }) => hash === run.hash);
  // A replay of a run that another one had started: what it comes to by itself is not known.
  if (workload.others.some(({ hash }) => hash === run.hash)) return [];
  if (version === -1)
    return [`item 10: run ${run.runId} has the version ${run.hash}, which was never deployed`];
  const wanted = await baselineOf(workload, version as 0 | 1);
  if (!wanted) return [`P2: ${workload.about} never ends, without any fault`];
  const others = descendantsOf(run, all);
  if ([run, ...others].some((one) => isExcused(one, workload, played))) return [];
  const races = workload.given.races === true;
  const outcome = textOfAll(faultlessOutcome(run, races));
  const found = [...new Set(others.map((one) => textOfAll(faultlessOutcome(one, races))))].sort();
  const about = `${workload.about}, run ${run.runId}`;
  if (outcome !== textOfAll(wanted.outcome))
    return [`P7: ${about}: ${outcome} instead of ${textOfAll(wanted.outcome)}`];
  if (!races && textOfAll(found) !== textOfAll(wanted.others))
    return [`P7: ${about} started ${textOfAll(found)} instead of ${textOfAll(wanted.others)}`];
  const spent = run.costUsd + savedBy(run.journal);
  const isTroubled = (played.notes.get(run.runId)?.troubles ?? 0) > 0;
  // Sums of the same prices in another order differ in the last digit.
  if (!isTroubled && Math.abs(spent - wanted.costUsd) > 1e-9 && !races)
    return [`cost: ${about} cost ${spent} instead of ${wanted.costUsd}`];
  return [];
}

function descendantsOf({ runId }: RunRecord, all: readonly RunRecord[]): readonly RunRecord[] {
  return all
    .filter(({ parent }) => parent?.runId === runId)
    .flatMap((one) => [one, ...descendantsOf(one, all)]);
}

/** Whether something befell a run that may change what it comes to. */
function isExcused(
  { runId, error, failures, status }: RunRecord,
  { given, onceOnly }: Workload,
  { notes, stage, watch }: Played,
): boolean {
  const { deaths, troubles, deliveries, cancelled, redriven } = notes.get(runId) ?? NOTHING;
  if (cancelled || redriven) return true;
  if (status !== "failed" || !error) return given.acceptsFailures === true && troubles > 0;
  // A process that could not let its run go looks like one that died.
  const takeovers = watch.runs.get(runId)?.takeovers ?? 0;
  if (/died twice|both died before/.test(error.message)) return deaths + troubles > 1 || takeovers > 1;
  if (deaths + troubles > 1 && stage.log.lines.some(isPoisonousAlarm(runId))) return true;
  if (error.class === "unknown_outcome") return onceOnly.length > 0;
  if (given.acceptsFailures && troubles > 0) return true;
  return (
    heals(error.class) && (deliveries >= 5 || failures >= 4 || /the run took longer/.test(error.message))
  );
}

/** Tells lines that say that a run's `on_failure` was given up at a step at which its process died twice. */
function isPoisonousAlarm(runId: string) {
  return ({ message, context }: KeptLog["lines"][number]): boolean =>
    context.run_id === runId && /^on_failure ended early: .*died twice/.test(message);
}

/** P8: no secret's value is in anything that is stored, sent to a queue or logged. */
function judgeSecrets({ plan, stage }: Played): readonly string[] {
  const secrets = plan.workloads.flatMap(({ given }) => Object.values(given.secrets ?? {}));
  if (secrets.length === 0) return [];
  const stored = stage.table
    .items()
    .flatMap((item) =>
      Object.values(item).map(({ B, ...others }) =>
        B ? new TextDecoder().decode(readable(B)) : JSON.stringify(others),
      ),
    );
  const kept = [...stored, textOfAll(stage.log.lines), textOfAll(stage.queue.buried)].join("\n");
  return secrets
    .flatMap((secret) => [secret, btoa(secret), encodeURIComponent(secret)])
    .filter((form) => kept.includes(form))
    .map((form) => `P8: the secret ${form} was kept`);
}

/** Chunks are parts of a packed value. */
function readable(bytes: Uint8Array): Uint8Array {
  try {
    return unpack(bytes);
  } catch {
    return bytes;
  }
}
