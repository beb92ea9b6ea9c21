import { readFileSync } from "node:fs";
import { createJq } from "../../lib/adapters/jq/jq-worker-pool.ts";
import { takeMessages } from "../../lib/app/take-messages.ts";
import type { ConsoleApp } from "../../lib/console/console-app.ts";
import type { Workflow } from "../../lib/core/workflow.ts";
import { loadWorkflow } from "../../lib/language/load-workflow.ts";
import { formatProblem } from "../../lib/language/problem.ts";
import { seededRandom } from "../../lib/testing/seeded-random.ts";
import { createConsoleWorld } from "../support/console-world.ts";
import { tick } from "../support/inbox-messages.ts";
import { type World, webhookPathIn } from "../support/world.ts";
import { sampleEvent } from "./sample-events.ts";
import { SAMPLE_SECRETS, samplePeers } from "./sample-peers.ts";

/** The console of a stage in memory that has a busy day behind it. */
export interface SampleStage {
  readonly app: ConsoleApp;
  /** A page of each kind, by what it shows. */
  readonly paths: Readonly<Record<SamplePage, string>>;
  close(): Promise<void>;
}

/** What there is a page of. */
export type SamplePage = keyof Awaited<ReturnType<typeof pathsOf>>;

/** A Thursday afternoon. */
const NOW = Date.UTC(2026, 10, 26, 15, 20);
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** The schedule of `nightly-report`, in UTC. */
const TICK = Date.UTC(2026, 10, 26, 4, 30);
const DEPLOY = Date.UTC(2026, 10, 26, 8, 0);
/** Events of each hour of the day: people sleep, and have lunch. */
const PER_HOUR = [3, 2, 1, 1, 2, 4, 9, 16, 25, 30, 28, 24, 18, 26, 31, 29, 24, 18, 12, 9, 8, 7, 5, 4];

/** Lives through a day of the shipped workflows on a virtual clock: the same day at every call. */
export async function sampleStage(): Promise<SampleStage> {
  const { next } = seededRandom(26);
  const pool = createJq();
  const beside = ["lead-scoring", "nightly-report", "order-intake", "support-triage"];
  const { app, world } = createConsoleWorld(
    {
      file: { steps: [] },
      loaded: beside.map((name) => load(name)),
      jq: {
        run(request) {
          world.clock.advance(Math.ceil(next() * 4));
          return pool.run(request);
        },
      },
      secrets: SAMPLE_SECRETS,
      wrapHttp: () => samplePeers(() => world.clock, next),
      wrapLlm: () => samplePeers(() => world.clock, next),
    },
    { name: "local", samples: { "lead-scoring": textOf("lead-scoring.event.json") } },
  );
  const { clock } = world;
  clock.advance(NOW - DAY_MS - clock.now());
  world.deploy(load("lead-enrichment", asItWas));
  while (clock.now() < NOW) {
    const now = clock.now();
    if (now === DEPLOY) world.deploy(load("lead-enrichment"));
    if (now === TICK) await takeMessages(world.inbox, [tick(new Date(now).toISOString(), "nightly-report")]);
    const expected = (PER_HOUR[new Date(now).getUTCHours()] ?? 0) / 60;
    if (next() < expected) await sendOne(world, next);
    await work(world, now + MINUTE_MS);
  }
  return { app, paths: await pathsOf(world), close: () => pool.close() };
}

/** Has the runner do what there is for it until then, and lets the time pass. */
async function work({ clock, queue, invoke }: World, until: number): Promise<void> {
  for (let next = queue.nextVisibleAt(); next !== undefined && next < until; next = queue.nextVisibleAt()) {
    clock.advance(Math.max(0, next - clock.now()));
    await invoke();
  }
  clock.advance(Math.max(0, until - clock.now()));
}

async function sendOne({ post }: World, next: () => number): Promise<void> {
  const { workflow, body } = sampleEvent(next);
  await post(null, { path: webhookPathIn(workflow), body: new TextEncoder().encode(body) });
}

function textOf(file: string): string {
  return readFileSync(new URL(`../../workflows/${file}`, import.meta.url), "utf8");
}

function load(name: string, change: (text: string) => string = (text) => text): Workflow {
  const { workflow, problems } = loadWorkflow(change(textOf(`${name}.yaml`)), `workflows/${name}.yaml`);
  if (!workflow) throw new Error(problems.map(formatProblem).join("\n"));
  return workflow;
}

/** The first version of `lead-enrichment`, as its changelog tells of it. */
function asItWas(text: string): string {
  return text
    .replace(/# v1\.1\.0.*\n.*\n/, "")
    .replace("version: 1.1.0", "version: 1.0.0")
    .replace(/defaults:\n.*\n.*\n.*\n/, "");
}

async function pathsOf({ store, splits }: World) {
  const find = async (workflow: string, status: "failed" | "succeeded") => {
    const [run] = await store.list({
      workflows: [workflow],
      status,
      since: NOW - DAY_MS,
      until: NOW,
      limit: 1,
    });
    if (!run) throw new Error(`no run of ${workflow} ${status} on that day`);
    return `/runs/${run.runId}`;
  };
  const versions = await store.versionsLike("lead-enrichment", "");
  const [base, version] = ["1.0.0", "1.1.0"].map(
    (wanted) => versions.find(({ label }) => label === wanted)?.hash ?? "",
  );
  if (!base || !version) throw new Error("lead-enrichment has not run in both versions on that day");
  const rollout = { version, base, percent: 25, kind: "rollout", at: DEPLOY, by: "ada" } as const;
  await splits.write({ revision: 0, splits: { "lead-enrichment": [rollout] } });
  const failed = await find("order-intake", "failed");
  const asked = await find("support-triage", "succeeded");
  return {
    overview: "/",
    "overview of a workflow": "/?workflow=support-triage",
    runs: "/runs",
    "nothing found": "/runs?text=nothing",
    "failed run": failed,
    "run of a model": asked,
    "run with a loop": await find("order-intake", "succeeded"),
    "call that failed": `${failed}/steps/4`,
    "question to a model": `${asked}/steps/1`,
    loop: `${failed}/steps/1`,
    workflows: "/workflows",
    workflow: "/workflows/lead-enrichment",
    "earlier version": `/workflows/lead-enrichment?version=${base.slice(0, 12)}`,
    "test event": "/workflows/lead-scoring/test",
    check: "/workflows/support-triage/check",
    deliveries: "/deliveries",
    "dead letters": "/dead-letters",
    "no such page": "/nowhere",
  };
}
