import { heals } from "../../lib/core/flow-error.ts";
import { isSettled } from "../../lib/core/journal.ts";
import { isFinal, type RunRecord } from "../../lib/core/run.ts";
import { expectations } from "./expectations.ts";
import type { Effect } from "./peer.ts";
import type { Post } from "./senders.ts";

/** A message of the dead-letter queue. */
export interface DeadLetter {
  /** Undefined for one that no code of ours wrote. */
  readonly runId: string | undefined;
  /** Absent: the queue itself gave the message up. */
  readonly reason?: string;
}

/** Everything that is known when all has ended. */
export interface Books {
  readonly posts: readonly Post[];
  readonly runs: readonly RunRecord[];
  readonly effects: readonly Effect[];
  readonly deadLetters: readonly DeadLetter[];
}

/** Compares what the senders, the store, the peer and the dead-letter queue know. Every sentence is a promise that was broken. */
export function audit(books: Books): readonly string[] {
  const runs = new Map(books.runs.map((run) => [run.runId, run]));
  const effects = Map.groupBy(books.effects, ({ key }) => runIdOfKey(key));
  return [
    ...acknowledgedRuns(books.posts, runs),
    ...strayRuns(books.posts, books.runs),
    ...children(books.runs, runs),
    ...books.runs.flatMap((run) => [...journalOf(run)]),
    ...books.runs.flatMap((run) => [...failureOf(run)]),
    ...books.runs.flatMap((run) => [...effectsOf(run, effects.get(run.runId) ?? [])]),
    ...books.effects.flatMap((effect) => [...oneEffect(effect, runs)]),
    ...buried(books.runs, books.deadLetters),
  ];
}

/** P1, P2: what was acknowledged is there, is what was sent, and has ended. */
function* acknowledgedRuns(posts: readonly Post[], runs: ReadonlyMap<string, RunRecord>): Generator<string> {
  for (const { outcome, delivery, workflow, runId = "" } of posts) {
    if (outcome !== "acknowledged") continue;
    const run = runs.get(runId);
    if (!run) yield `delivery ${delivery} was acknowledged as run ${runId}, which does not exist`;
    else if (deliveryOf(run) !== delivery || run.workflow !== workflow)
      yield `delivery ${delivery} to ${workflow} was acknowledged as run ${runId}, which is ${deliveryOf(run)} of ${run.workflow}`;
  }
}

/** Every run has ended and comes from a post that was acknowledged or lost, one run for one post. */
function* strayRuns(posts: readonly Post[], runs: readonly RunRecord[]): Generator<string> {
  const known = new Map(posts.map((post) => [post.delivery, post]));
  const seen = new Set<string>();
  for (const run of runs) {
    if (!isFinal(run.status)) yield `run ${run.runId} of ${run.workflow} is ${run.status}`;
    if (run.parent) continue;
    const delivery = deliveryOf(run);
    const post = known.get(delivery);
    if (!post) yield `run ${run.runId} is of delivery ${delivery}, which nobody sent`;
    else if (post.outcome === "refused")
      yield `run ${run.runId} is of delivery ${delivery}, which was refused`;
    else if (post.runId !== undefined && post.runId !== run.runId)
      yield `run ${run.runId} is of delivery ${delivery}, which was acknowledged as ${post.runId}`;
    if (seen.has(delivery)) yield `delivery ${delivery} became several runs`;
    seen.add(delivery);
  }
}

/** A step that runs another workflow has made exactly the run that its journal names. */
function* children(all: readonly RunRecord[], runs: ReadonlyMap<string, RunRecord>): Generator<string> {
  for (const { runId, parent } of all) {
    const named = parent && runs.get(parent.runId)?.journal.some((entry) => entry.children?.includes(runId));
    if (parent && !named) yield `run ${runId} was started by ${parent.runId}, whose journal does not name it`;
  }
  for (const run of all) {
    const named = new Set(run.journal.flatMap((entry) => entry.children ?? []));
    if (named.size > 1) yield `run ${run.runId} started ${named.size} runs by one attempt of one step`;
    for (const child of named)
      if (!runs.has(child)) yield `run ${run.runId} names ${child}, which does not exist`;
  }
}

/** P5: no place of a run has been settled twice. */
function* journalOf({ runId, journal }: RunRecord): Generator<string> {
  const settled = new Set<string>();
  for (const entry of journal) {
    if (!isSettled(entry)) continue;
    if (settled.has(entry.path)) yield `run ${runId} settled ${entry.path} twice`;
    settled.add(entry.path);
  }
}

/** What fails otherwise than its workflow says has met a fault that nothing heals, or too many of those that wait. */
function* failureOf(run: RunRecord): Generator<string> {
  const { runId, workflow, status, error, attempt } = run;
  if (status !== "failed" || !error || error.class === expectations[workflow]?.failsWith) return;
  if (error.class === "unknown_outcome" && expectations[workflow]?.once) return;
  // A run that started another one has that one's failure.
  if (heals(error.class) || run.journal.some(({ children: started }) => started)) return;
  // It takes two processes that died to call a step poisonous, and a third one that says so.
  if (error.class === "internal" && attempt > 2) return;
  yield `run ${runId} of ${workflow} failed with ${error.class} at claim ${attempt}: ${error.message}`;
}

/** P6, P7: a run that ended as its workflow says has had each of its effects, under one key; any other none beyond them. */
function* effectsOf(run: RunRecord, effects: readonly Effect[]): Generator<string> {
  const expected = expectations[run.workflow];
  if (!expected) {
    yield `run ${run.runId} is of ${run.workflow}`;
    return;
  }
  const { steps, ends, failsWith, refused = [] } = expected;
  const asItShould = run.status === ends && (failsWith === undefined || run.error?.class === failsWith);
  const byStep = Map.groupBy(effects, ({ step }) => step);
  for (const step of byStep.keys())
    if (!steps.includes(step))
      yield `run ${run.runId} of ${run.workflow} made ${step}, which is none of its effects`;
  for (const step of steps) {
    const [effect, ...others] = byStep.get(step) ?? [];
    if (others.length > 0) yield `run ${run.runId} made ${step} under ${others.length + 1} keys`;
    if (!asItShould) continue;
    if (!effect) yield `run ${run.runId} of ${run.workflow} ${run.status} without ${step}`;
    else if (!effect.applied && !refused.includes(step))
      yield `run ${run.runId} of ${run.workflow} ${run.status}, but ${step} was never done`;
  }
}

/** P6: one input for a key, however often it came; a call that may be made once was. */
function* oneEffect(
  { key, step, delivery, bodies, taken }: Effect,
  runs: ReadonlyMap<string, RunRecord>,
): Generator<string> {
  const run = runs.get(runIdOfKey(key));
  if (!run) {
    yield `${step} of delivery ${delivery} came with the key "${key}", which belongs to no run`;
    return;
  }
  if (deliveryOf(run) !== delivery)
    yield `${step} of delivery ${delivery} came from run ${run.runId} of ${deliveryOf(run)}`;
  if (bodies.size > 1) yield `${key} came with ${bodies.size} inputs: ${[...bodies].join(" | ")}`;
  if (taken > 1 && expectations[run.workflow]?.once?.includes(step)) yield `${key} was made ${taken} times`;
}

/** P2: what failed lies in the dead-letter queue with its reason. */
function* buried(runs: readonly RunRecord[], deadLetters: readonly DeadLetter[]): Generator<string> {
  const reasons = Map.groupBy(deadLetters, ({ runId }) => runId);
  for (const { runId, status, error } of runs) {
    if (status !== "failed") continue;
    const given = (reasons.get(runId) ?? []).flatMap(({ reason }) => reason ?? []);
    if (error === undefined) yield `run ${runId} failed without an error`;
    else if (!given.includes(error.class))
      yield `run ${runId} failed with ${error.class}, but lies among the dead letters with ${given.join(", ") || "no reason"}`;
  }
}

/** The delivery that a run is of. */
export function deliveryOf(run: RunRecord): string {
  return JSON.parse(new TextDecoder().decode(run.event.body)).delivery;
}

/** A key begins with the run's id: 36 characters. */
function runIdOfKey(key: string): string {
  return key.slice(0, 36);
}
