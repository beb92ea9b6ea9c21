import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { timingsOf } from "../../lib/app/timings.ts";
import { isFinal } from "../../lib/core/run.ts";
import { audit, type Books } from "./audit.ts";
import { chance } from "./chance.ts";
import { workflowAt } from "./expectations.ts";
import { type Fault, planFaults } from "./fault-plan.ts";
import { type Peer, startPeer } from "./peer.ts";
import type { RoleProcess } from "./role-process.ts";
import { sendWebhooks } from "./senders.ts";
import { type Stage, startStage } from "./stage.ts";

/** What a trial is made of. */
export interface TrialOptions {
  readonly seed: number;
  readonly webhooks: number;
  readonly faults: number;
  /** Over how long webhooks and faults are spread. */
  readonly spreadMs: number;
  readonly runners: number;
  /** Of the runner. */
  readonly invocationSeconds: number;
  readonly retryBaseSeconds: number;
  /** How long everything may take to end when the faults are over. */
  readonly patienceMs: number;
}

/** What came of a trial. */
export interface TrialReport {
  /** Promises that were broken; none: all were kept. */
  readonly broken: readonly string[];
  readonly books: Books;
  /** Those of the plan that were carried out. */
  readonly faults: readonly Fault[];
  readonly peer: Pick<Peer, "moods">;
  /** Writes of runners that had lost their lease and were refused. */
  readonly refusals: number;
  readonly seconds: number;
  /** With the table's data, the processes' logs and the books, when a promise was broken. */
  readonly evidence?: string;
}

const SENDERS = 6;
const WORKFLOWS = fileURLToPath(new URL("./workflows", import.meta.url));

/**
 * Sends webhooks to a stage whose processes are killed and stalled, lets everything end, and audits the books. The seed
 * fixes what is planned: webhooks, faults and the peer's moods. What the processes make of it differs from run to run.
 */
export async function runTrial(options: TrialOptions): Promise<TrialReport> {
  const folder = mkdtempSync(join(tmpdir(), "hookline-ledger-"));
  let broken: readonly string[] | undefined;
  try {
    const report = await tryOut(options, folder);
    ({ broken } = report);
    return broken.length === 0 ? report : { ...report, evidence: folder };
  } catch (cause) {
    throw new Error(`the trial of seed ${options.seed} broke off, evidence in ${folder}`, { cause });
  } finally {
    if (broken?.length === 0) rmSync(folder, { recursive: true, force: true });
  }
}

async function tryOut(options: TrialOptions, folder: string): Promise<TrialReport> {
  const startedAt = performance.now();
  await using parts = new AsyncDisposableStack();
  const trouble: string[] = [];
  const peer = await startPeer(options.seed);
  parts.defer(() => peer.stop());
  const { seed, runners, invocationSeconds } = options;
  const { invocationMs, leaseMarginMs } = timingsOf(invocationSeconds * 1000);
  const plan = planFaults({ ...options, leaseMs: invocationMs + leaseMarginMs });
  const peerOrigin = peer.origin;
  const onTrouble = (what: string) => void trouble.push(what);
  const breaking = new AbortController();
  const onCrash = (what: string) => breaking.abort(new Error(what));
  const stage = await startStage(
    { ...options, folder, workflowsFolder: WORKFLOWS, peerOrigin, onTrouble, onCrash },
    parts,
  );
  parts.defer(async () => void (await endAll(stage)));
  for (let count = 0; count < runners; count += 1) await stage.addRunner();
  const sending = sendWebhooks({
    ...options,
    senders: SENDERS,
    signal: breaking.signal,
    target: (webhook) => {
      const workflow = workflowAt(chance(seed, "webhook", webhook));
      return { workflow, url: stage.urlOf(workflow) };
    },
  });
  const [posts, faults] = await Promise.all([sending, carryOut(plan, stage)]);
  stage.runners[0]?.stall();
  breaking.signal.throwIfAborted();
  const late = await stage.untilAllEnded(options.patienceMs).then(
    () => [],
    (error: Error) => [error.message],
  );
  const before = await stage.runs();
  const ended = await endAll(stage);
  const books: Books = {
    posts,
    runs: await stage.runs(),
    effects: [...peer.effects.values()],
    deadLetters: await stage.takeDeadLetters(),
  };
  const broken = [...trouble, ...late, ...ended, ...changed(before, books), ...audit(books)];
  if (broken.length > 0)
    writeFileSync(join(folder, "books.json"), JSON.stringify({ options, plan, broken, books }, asJson, 1));
  const refusals = stage.runners.reduce((sum, { logFile }) => sum + refusalsIn(logFile), 0);
  return { broken, books, faults, peer, refusals, seconds: (performance.now() - startedAt) / 1000 };
}

/** Gives the faults that were carried out: one that sleeps is left to wake up, and another runner takes its turn. */
async function carryOut(plan: readonly Fault[], stage: Stage): Promise<readonly Fault[]> {
  const startedAt = performance.now();
  const asleep = new Map<RoleProcess, Promise<void>>();
  const carriedOut: Fault[] = [];
  for (const fault of plan) {
    await pause(Math.max(0, fault.atMs - (performance.now() - startedAt)));
    const victim = candidates(fault, stage).find((role) => !asleep.has(role));
    if (!victim) continue;
    carriedOut.push(fault);
    if (fault.kind !== "stall") victim[fault.kind]();
    else
      asleep.set(
        victim,
        sleep(victim, fault.stallMs).finally(() => asleep.delete(victim)),
      );
  }
  await Promise.all(asleep.values());
  return carriedOut;
}

function candidates({ role, which }: Fault, { runners, ...others }: Stage): readonly RoleProcess[] {
  return role === "runner" ? [...runners.slice(which), ...runners.slice(0, which)] : [others[role]];
}

async function sleep(victim: RoleProcess, ms: number): Promise<void> {
  victim.stall();
  await pause(ms);
  victim.resume();
}

/** The runner that slept to the end wakes up to finish what it was at, and must change nothing. */
async function endAll({ runners, ingest, sweeper }: Stage): Promise<readonly string[]> {
  const ends = await Promise.all([...runners, ingest, sweeper].map((role) => role.end()));
  return ends.flatMap((end) => end ?? []);
}

/** P4: a final status, and all that goes with it, never changes. */
function* changed(before: Books["runs"], { runs }: Books): Generator<string> {
  const now = new Map(runs.map((run) => [run.runId, run]));
  for (const run of before)
    if (isFinal(run.status) && !isDeepStrictEqual(run, now.get(run.runId)))
      yield `run ${run.runId} changed after its end`;
}

/** How often a runner's log says that its lease was not the newest any more. */
export function refusalsIn(logFile: string): number {
  return readFileSync(logFile, "utf8").split("another runner has the run").length - 1;
}

function asJson(_key: string, value: unknown): unknown {
  if (value instanceof Set) return [...value];
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : value;
}
