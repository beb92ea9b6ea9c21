import { parseMail } from "../../lib/adapters/mail/parse-mail.ts";
import { createMemoryAnswers } from "../../lib/adapters/memory/memory-answers.ts";
import { createMemoryBursts } from "../../lib/adapters/memory/memory-bursts.ts";
import { createMemoryCache } from "../../lib/adapters/memory/memory-cache.ts";
import {
  createMemoryDeadLetters,
  type MemoryDeadLetters,
} from "../../lib/adapters/memory/memory-dead-letters.ts";
import { createMemoryDeliveries } from "../../lib/adapters/memory/memory-deliveries.ts";
import { createMemoryPairings } from "../../lib/adapters/memory/memory-pairings.ts";
import { createMemoryQueue, type MemoryQueue } from "../../lib/adapters/memory/memory-queue.ts";
import { createMemoryRunStore } from "../../lib/adapters/memory/memory-run-store.ts";
import { createMemorySchedules } from "../../lib/adapters/memory/memory-schedules.ts";
import { createMemorySlots } from "../../lib/adapters/memory/memory-slots.ts";
import { createMemorySplits } from "../../lib/adapters/memory/memory-splits.ts";
import { createMemoryTurns } from "../../lib/adapters/memory/memory-turns.ts";
import { createMemoryMetrics } from "../../lib/adapters/metrics/memory-metrics.ts";
import { createSalesforce } from "../../lib/adapters/salesforce/create-salesforce.ts";
import { parseScript } from "../../lib/adapters/scripted/script.ts";
import { scriptedHttp } from "../../lib/adapters/scripted/scripted-http.ts";
import { scriptedLlm } from "../../lib/adapters/scripted/scripted-llm.ts";
import { ingestEvent } from "../../lib/app/ingest-event.ts";
import { runBatch } from "../../lib/app/run-batch.ts";
import type { Runner } from "../../lib/app/runner.ts";
import type { Ingest } from "../../lib/app/store-event.ts";
import { sweep } from "../../lib/app/sweep.ts";
import type { Inbox } from "../../lib/app/take-messages.ts";
import { timingsOf } from "../../lib/app/timings.ts";
import type { WebhookAnswer } from "../../lib/app/webhook-answer.ts";
import { webhookPathOf } from "../../lib/app/webhook-url.ts";
import { FlowError } from "../../lib/core/flow-error.ts";
import { formatJson, isObject, type Json, type JsonObject } from "../../lib/core/json.ts";
import type { Bursts } from "../../lib/core/ports/bursts.ts";
import type { Cache } from "../../lib/core/ports/cache.ts";
import type { Clock } from "../../lib/core/ports/clock.ts";
import type { Deliveries } from "../../lib/core/ports/deliveries.ts";
import type { Http } from "../../lib/core/ports/http.ts";
import type { Jq } from "../../lib/core/ports/jq.ts";
import type { Llm } from "../../lib/core/ports/llm.ts";
import type { MetricReader } from "../../lib/core/ports/metric-reader.ts";
import type { Pairings } from "../../lib/core/ports/pairings.ts";
import type { Python } from "../../lib/core/ports/python.ts";
import type { RunStore } from "../../lib/core/ports/run-store.ts";
import type { Slots } from "../../lib/core/ports/slots.ts";
import type { Splits } from "../../lib/core/ports/splits.ts";
import type { RunRecord } from "../../lib/core/run.ts";
import { inputTable, type Workflow } from "../../lib/core/workflow.ts";
import { stepTypes } from "../../lib/steps/registry.ts";
import { seededRandom } from "../../lib/testing/seeded-random.ts";
import { type VirtualClock, virtualClock } from "../../lib/testing/virtual-clock.ts";
import type { WebhookRequest } from "../../lib/webhooks/request.ts";
import { compiled } from "./engine-run.ts";
import { INBOX_ARN } from "./inbox-messages.ts";
import { type KeptLog, keptLog } from "./kept-log.ts";

/** A whole stage in memory: ingest, queue, runner, sweeper and store, on one virtual clock. */
export interface World {
  readonly clock: VirtualClock;
  readonly store: RunStore;
  readonly deliveries: Deliveries;
  readonly pairings: Pairings;
  readonly queue: MemoryQueue;
  readonly log: KeptLog;
  readonly metrics: MetricReader;
  readonly splits: Splits;
  readonly runner: Runner;
  readonly ingest: Ingest;
  /** Pauses that it gave to messages, in seconds, are {@link World.pauses}. */
  readonly inbox: Inbox;
  readonly pauses: readonly number[];
  /** What it gave up. */
  readonly inboxLetters: MemoryDeadLetters;
  /** Bodies of the requests made to the other side, by method and URL. */
  readonly calls: readonly JsonObject[];
  /** Puts a new version of the workflow `example` into force, null takes it away; a deploy reaches one function after the other. */
  deploy(workflow: Workflow | null, to?: readonly DeployedFunction[]): void;
  post(event: Json, more?: Partial<WebhookRequest>): Promise<WebhookAnswer>;
  /** One invocation of the runner with up to ten visible messages; the ids of those that stay. */
  invoke(options?: { readonly ms?: number }): Promise<readonly string[]>;
  sweep(): Promise<number>;
  /** Runs, waits and sweeps until the queue is empty. @throws Error when it does not become so. */
  settle(): Promise<void>;
  run(runId: string): Promise<RunRecord>;
}

/** A function that carries workflows. */
export type DeployedFunction = "ingest" | "runner";

/** What a world is made of. */
export interface WorldOptions {
  /** The workflow's file, as data. */
  readonly file: JsonObject;
  /** Workflows beside it, by name. */
  readonly workflows?: { readonly [name: string]: JsonObject };
  /** Workflows beside it as they were loaded from their files. */
  readonly loaded?: readonly Workflow[];
  readonly http?: readonly Json[];
  readonly llm?: readonly Json[];
  readonly python?: Python;
  /** Received mails as they were sent, by `bucket/key`. */
  readonly mails?: { readonly [place: string]: string };
  readonly jq?: Jq;
  readonly secrets?: { readonly [name: string]: string };
  readonly maxReceiveCount?: number;
  /** Longest time of an invocation; default: Lambda's 15 minutes. */
  readonly invocationMs?: number;
  /** Stands in front of the store, to make it fail. */
  wrapStore?(store: RunStore, clock: VirtualClock): RunStore;
  wrapQueue?(queue: MemoryQueue): MemoryQueue;
  wrapHttp?(http: Http): Http;
  wrapLlm?(llm: Llm): Llm;
  wrapClock?(clock: Clock): Clock;
  wrapCache?(cache: Cache): Cache;
  wrapSlots?(slots: Slots): Slots;
  wrapBursts?(bursts: Bursts): Bursts;
  wrapSplits?(splits: Splits): Splits;
}

/** The key of a world's webhook URLs, and the organisation in them. */
export const WORLD_KEY = "a webhook key";
export const WORLD_ORG = "org-1";
const INVOCATION_MS = 900_000;
const MOST_INVOCATIONS = 200;

/** Makes a stage with the workflow `example`, and those beside it. */
export function createWorld(options: WorldOptions): World {
  const clock = virtualClock();
  const random = seededRandom();
  const timings = timingsOf(options.invocationMs ?? INVOCATION_MS);
  const log = keptLog();
  const metrics = createMemoryMetrics(clock.now);
  const beside = Object.entries(options.workflows ?? {});
  const workflows = [
    compiledOnce(options.file),
    ...beside.map(([name, file]) => compiledOnce(file, name)),
    ...(options.loaded ?? []),
  ];
  const deployed = { ingest: workflows, runner: workflows };
  let table = inputTable(workflows);
  const store = (options.wrapStore ?? ((one) => one))(createMemoryRunStore({ now: clock.now }), clock);
  const queue = (options.wrapQueue ?? ((one) => one))(
    createMemoryQueue({ now: clock.now, visibilitySeconds: 5400 }),
  );
  const script = parseScript({ http: options.http ?? [], llm: options.llm ?? [] });
  const llm = scriptedLlm(script, { clock });
  const http = scriptedHttp(script, { clock });
  const cache = createMemoryCache();
  const slots = createMemorySlots();
  const splitsInMemory = createMemorySplits();
  const splits = options.wrapSplits?.(splitsInMemory) ?? splitsInMemory;
  const burstsInMemory = createMemoryBursts();
  const bursts = options.wrapBursts?.(burstsInMemory) ?? burstsInMemory;
  const answers = createMemoryAnswers();
  const secrets = {
    workflowSecrets: async () => options.secrets ?? {},
    webhookKeys: async () => [WORLD_KEY],
    forget: () => {},
  };
  const noJq: Jq = { run: () => Promise.reject(new Error("this stage uses no jq")) };
  const { jq = noJq } = options;
  const noPython = { run: () => Promise.reject(new Error("this stage uses no Python")), endRun() {} };
  const catalogOf = (which: DeployedFunction) => ({
    current: (name: string) => deployed[which].find((one) => one.name === name),
    all: () => deployed[which],
  });
  const runner: Runner = {
    store,
    queue,
    secrets,
    catalog: catalogOf("runner"),
    steps: stepTypes,
    ports: {
      clock: options.wrapClock?.(clock) ?? clock,
      random,
      http: options.wrapHttp?.(http) ?? http,
      llm: options.wrapLlm?.(llm) ?? llm,
      jq: { run: (request) => clock.during(jq.run(request)) },
      python: options.python ?? noPython,
      salesforce: createSalesforce(http, clock),
    },
    cache: options.wrapCache?.(cache) ?? cache,
    slots: options.wrapSlots?.(slots) ?? slots,
    splits,
    bursts,
    answers,
    log,
    metrics,
    stage: "test",
    plainEnvironment: {},
    redelivery: { maxReceiveCount: options.maxReceiveCount ?? 5, baseSeconds: 30 },
    timings,
  };
  const deliveries = createMemoryDeliveries(store);
  const pairings = createMemoryPairings();
  const ingest: Ingest = {
    store,
    deliveries,
    answers,
    runs: store,
    turns: createMemoryTurns(),
    bursts,
    pairings,
    splits,
    queue,
    secrets,
    inputs: { all: () => table },
    catalog: catalogOf("ingest"),
    clock,
    random,
    log,
    metrics,
    stage: "test",
    orgId: WORLD_ORG,
    maxBodyBytes: 6_000_000,
    plainEnvironment: {},
    timings,
  };
  const pauses: number[] = [];
  const inboxLetters = createMemoryDeadLetters({ now: clock.now });
  const inbox: Inbox = {
    ...ingest,
    schedules: createMemorySchedules(),
    inboxArn: INBOX_ARN,
    bury: async (body, reason) => inboxLetters.bury(body, reason),
    async giveBack(_receiptHandle, seconds) {
      pauses.push(seconds);
    },
    mails: {
      async read({ bucket, key }) {
        const raw = options.mails?.[`${bucket}/${key}`];
        if (raw === undefined) throw new FlowError("invalid_input", `there is no object ${key}`);
        return parseMail(new TextEncoder().encode(raw));
      },
    },
  };
  const world: World = {
    clock,
    store,
    deliveries,
    pairings,
    queue,
    log,
    metrics,
    splits,
    runner,
    ingest,
    inbox,
    pauses,
    inboxLetters,
    calls: http.calls,
    deploy(workflow, to = ["ingest", "runner"]) {
      for (const which of to) deployed[which] = [...(workflow ? [workflow] : []), ...workflows.slice(1)];
      table = inputTable(deployed.ingest);
    },
    post: (event, more) =>
      ingestEvent(ingest, {
        method: "POST",
        origin: "https://hooks.example",
        rawQuery: "",
        sourceIp: "192.0.2.1",
        path: webhookPathIn("example"),
        query: {},
        headers: { "content-type": "application/json" },
        body: new TextEncoder().encode(formatJson(event)),
        ...more,
      }),
    async invoke({ ms = timings.invocationMs } = {}) {
      const received = queue.receive(10);
      const again = await runBatch(runner, received, { deadline: clock.now() + ms });
      for (const { messageId, receiptHandle } of received)
        if (!again.includes(messageId)) queue.acknowledge(receiptHandle);
      return again;
    },
    sweep: () => sweep({ store, queue, clock, log, metrics, timings }),
    async settle() {
      let invocations = 0;
      for (let next = queue.nextVisibleAt(); next !== undefined; next = queue.nextVisibleAt()) {
        invocations += 1;
        if (invocations > MOST_INVOCATIONS) throw new Error("the queue does not become empty");
        if (next > clock.now()) clock.advance(next - clock.now());
        await world.invoke();
      }
    },
    async run(runId) {
      const run = await store.get(runId);
      if (!run) throw new Error(`no run ${runId}`);
      return run;
    },
  };
  return world;
}

const known = new WeakMap<JsonObject, Workflow>();

/** Suites that make thousands of worlds of one file compile it once. */
function compiledOnce(file: JsonObject, name = "example"): Workflow {
  const workflow = known.get(file) ?? compiled({ name, ...file });
  known.set(file, workflow);
  return workflow;
}

/** The path of a workflow's webhook in a world. */
export function webhookPathIn(name: string): string {
  return webhookPathOf("test", name, WORLD_ORG, WORLD_KEY);
}

/** The run that an accepted event became. */
export function runIdOf(answer: WebhookAnswer): string {
  expectAccepted(answer);
  return isObject(answer.body) ? String(answer.body.run_id) : "";
}

function expectAccepted({ status, body }: WebhookAnswer): void {
  if (status !== 202) throw new Error(`not accepted: ${status} ${JSON.stringify(body)}`);
}
