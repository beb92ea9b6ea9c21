import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { SQSClient } from "@aws-sdk/client-sqs";
import { createDynamoAnswers } from "../../../lib/adapters/dynamo/answers.ts";
import { createDynamoDeliveries } from "../../../lib/adapters/dynamo/deliveries.ts";
import { createDynamoCache } from "../../../lib/adapters/dynamo/dynamo-cache.ts";
import { createDynamoLimits } from "../../../lib/adapters/dynamo/dynamo-limits.ts";
import { createDynamoPairings } from "../../../lib/adapters/dynamo/dynamo-pairings.ts";
import { createDynamoRunStore } from "../../../lib/adapters/dynamo/dynamo-run-store.ts";
import { createDynamoSplits } from "../../../lib/adapters/dynamo/dynamo-splits.ts";
import { tableDefinition } from "../../../lib/adapters/dynamo/table-definition.ts";
import { NO_METRICS } from "../../../lib/adapters/metrics/no-metrics.ts";
import { createSalesforce } from "../../../lib/adapters/salesforce/create-salesforce.ts";
import { createSqsQueue } from "../../../lib/adapters/sqs-queue.ts";
import type { Operator } from "../../../lib/app/operator.ts";
import type { Runner } from "../../../lib/app/runner.ts";
import type { Ingest } from "../../../lib/app/store-event.ts";
import type { Sweeper } from "../../../lib/app/sweep.ts";
import { timingsOf } from "../../../lib/app/timings.ts";
import type { RunStore } from "../../../lib/core/ports/run-store.ts";
import type { Splits } from "../../../lib/core/ports/splits.ts";
import { inputTable, type Workflow } from "../../../lib/core/workflow.ts";
import { stepTypes } from "../../../lib/steps/registry.ts";
import { type KeptLog, keptLog } from "../../support/kept-log.ts";
import type { Chance } from "../random/chance.ts";
import { createAwsClient } from "./aws-client.ts";
import { createPeers, type Peers, type PeerTrouble } from "./peers.ts";
import type { Plan } from "./plan.ts";
import type { Scheduler } from "./scheduler.ts";
import type { ServiceRequest } from "./service-request.ts";
import { createProcess, type SimProcess } from "./sim-process.ts";
import { createSimulatedQueue, type SimulatedQueue } from "./simulated-queue.ts";
import { createSimulatedTable, type SimulatedTable } from "./simulated-table.ts";
import type { TableWatch } from "./table-watch.ts";
import type { Trace } from "./trace.ts";
import { createWeather, type Weather } from "./weather.ts";
import type { Workload } from "./workload.ts";
import { DEADLY_URL } from "./workloads.ts";

/** The key of the webhooks' URLs. */
export const WEBHOOK_KEY = "a webhook key";
/** The organisation of the webhooks' URLs. */
export const ORG = "org-1";
/** The stage's name. */
export const STAGE = "test";

const TABLE = "hookline-test";
const QUEUE_URL = "https://sqs.test/queue";
const DEAD_LETTER_URL = "https://sqs.test/dead-letters";
const MAX_RECEIVE_COUNT = 5;
// Refusals that are answers to be expected.
const ANSWERS = ["ConditionalCheckFailedException", "MessageNotInflight", "InvalidParameterValue"];

/** What the simulated parts of a world tell whoever judges it. */
export interface StageListeners {
  readonly watch: TableWatch;
  injected(kind: string): void;
  /** A service was asked for what it would never do. */
  refused(what: string): void;
  /** A request to the other side leaves its process. */
  leaving(process: SimProcess, runId: string, path: string, url: string): () => void;
  /** A request of a run met trouble. */
  troubled(runId: string): void;
  visibleAfter(ms: number): void;
}

/** A stage whose functions are the product's own, on services that are simulated. */
export interface SimulatedStage {
  readonly table: SimulatedTable;
  readonly queue: SimulatedQueue;
  readonly peers: Peers;
  readonly log: KeptLog;
  /** The store itself, whose answers are always right and take no time. */
  readonly truth: RunStore;
  startProcess(kind: string): SimProcess;
  /** Puts a version of a workload into force, for processes that start from now on. */
  deploy(workload: Workload, version: 0 | 1): void;
  ingest(process: SimProcess): Ingest;
  runner(process: SimProcess): Runner;
  sweeper(process: SimProcess): Sweeper;
  operator(process: SimProcess): Operator & { readonly splits: Splits };
  /** True while things may go wrong. */
  isStormy(): boolean;
  workloadOf(workflow: string): Workload | undefined;
}

/** Builds a stage as `plan` says. */
export function createSimulatedStage(
  plan: Plan,
  scheduler: Scheduler,
  chance: Chance,
  trace: Trace,
  listeners: StageListeners,
): SimulatedStage {
  const { watch, injected } = listeners;
  const start = scheduler.now();
  const { now } = scheduler;
  const isStormy = () => now() < start + plan.calmAfterMs;
  const weather = {
    table: createWeather(plan.table, start, start + plan.calmAfterMs, chance),
    queue: createWeather(plan.queue, start, start + plan.calmAfterMs, chance),
  };
  const table = createSimulatedTable({
    definition: tableDefinition(TABLE),
    now,
    lagMs: () => (isStormy() ? chance.scaled(1, plan.indexLagMs) : 1) * (plan.indexLagMs > 0 ? 1 : 0),
    ttlLagMs: () => chance.scaled(60_000, 48 * 3_600_000),
    undone(count) {
      if (!isStormy() || weather.table.trouble(now()) === undefined) return 0;
      injected("table: part of a batch undone");
      return chance.between(1, count);
    },
    watch: watch.see,
  });
  const queue = createSimulatedQueue({
    url: QUEUE_URL,
    deadLetterUrl: DEAD_LETTER_URL,
    visibilityMs: plan.visibilityMs,
    maxReceiveCount: MAX_RECEIVE_COUNT,
    chance,
    now,
    manners: () => (isStormy() ? plan.manners : { duplicates: 0, late: 0, undeleted: 0, partial: 0 }),
    injected,
    visibleAfter: listeners.visibleAfter,
  });

  const byWorkflow = new Map<string, Workload>();
  for (const workload of plan.workloads)
    for (const { name } of [workload.versions[0], ...workload.others]) byWorkflow.set(name, workload);
  const workloadOf = (workflow: string) => byWorkflow.get(workflow);
  const troubles = new Map<string, number>();
  const trouble = (runId: string, url: string): PeerTrouble | undefined => {
    const { share, kinds, most } = plan.peers;
    const workload = workloadOf(watch.runs.get(runId)?.workflow ?? "");
    const count = troubles.get(runId) ?? 0;
    // A call that fails on its way would change what the file makes of it.
    if (
      !isStormy() ||
      workload?.given.acceptsFailures ||
      kinds.length === 0 ||
      count >= most ||
      !chance.often(share)
    )
      return undefined;
    const kind = chance.pick(kinds);
    // Who answers that it failed is believed, also by a step that may be done once.
    if (kind === "failed after work" && workload?.onceOnly.includes(url)) return undefined;
    troubles.set(runId, count + 1);
    listeners.troubled(runId);
    return kind;
  };
  const peers = createPeers({
    scheduler,
    chance,
    trouble,
    caseOf: (runId) => workloadOf(watch.runs.get(runId)?.workflow ?? "")?.given,
    leaving: listeners.leaving,
    isDeadly: (url) => url === DEADLY_URL,
    injected,
  });

  const service = (
    name: string,
    storms: Weather,
    throttles: readonly string[],
    perform: SimulatedTable["perform"],
  ) => ({
    name,
    weather: storms,
    throttles,
    now,
    injected,
    perform(request: ServiceRequest) {
      try {
        return perform(request);
      } catch (thrown) {
        const { name: kind, message } = thrown as Error;
        if (!ANSWERS.includes(kind)) listeners.refused(`${request.name}: ${kind}: ${message}`);
        throw thrown;
      }
    },
  });
  const throttled = ["ProvisionedThroughputExceededException", "ThrottlingException"];
  const services = {
    table: service("table", weather.table, throttled, table.perform),
    queue: service("queue", weather.queue, ["RequestThrottled", "OverLimit"], queue.perform),
  };
  const onTable = (process: SimProcess) => ({
    client: createAwsClient(process, services.table, chance) as unknown as DynamoDBClient,
    table: TABLE,
    now: process.clock.now,
    sleep: (ms: number) => process.clock.sleep(ms),
  });
  const queueOf = (process: SimProcess) =>
    createSqsQueue({
      client: createAwsClient(process, services.queue, chance) as unknown as SQSClient,
      queueUrl: QUEUE_URL,
      deadLetterUrl: DEAD_LETTER_URL,
    });

  let deployed: readonly Workflow[] = plan.workloads.flatMap(({ versions, others }) => [
    versions[0],
    ...others,
  ]);
  const catalog = () => {
    const mine = deployed;
    return { current: (name: string) => mine.find((one) => one.name === name), all: () => mine };
  };
  const log = keptLog();
  const timings = timingsOf(plan.invocationMs);
  const secretsOf = Object.fromEntries(
    plan.workloads.flatMap(({ given }) => Object.entries(given.secrets ?? {})),
  );
  const secrets = {
    workflowSecrets: async () => secretsOf,
    webhookKeys: async () => [WEBHOOK_KEY],
    forget() {},
  };
  const unused = () => Promise.reject(new Error("this stage has none"));
  let count = 0;

  return {
    table,
    queue,
    peers,
    log,
    isStormy,
    workloadOf,
    truth: createDynamoRunStore({
      client: directClient(table) as unknown as DynamoDBClient,
      table: TABLE,
      now,
    }),
    startProcess(kind) {
      count += 1;
      const [least, most] = plan.latencyMs;
      return createProcess({
        name: `${kind} ${count}`,
        scheduler,
        chance,
        trace,
        skewMs: chance.between(-plan.skewMs, plan.skewMs),
        latencyMs: () => chance.scaled(least, most),
      });
    },
    deploy(workload, version) {
      deployed = deployed.map((one) => (one.name === workload.name ? workload.versions[version] : one));
    },
    ingest(process) {
      const carried = catalog();
      const inputs = inputTable(carried.all());
      return {
        store: createDynamoRunStore(onTable(process)),
        deliveries: createDynamoDeliveries(onTable(process)),
        answers: createDynamoAnswers(onTable(process)),
        runs: createDynamoRunStore(onTable(process)),
        ...createDynamoLimits(onTable(process)),
        pairings: createDynamoPairings(onTable(process)),
        splits: createDynamoSplits(onTable(process)),
        queue: queueOf(process),
        secrets,
        inputs: { all: () => inputs },
        catalog: carried,
        clock: process.clock,
        random: process.random,
        log,
        metrics: NO_METRICS,
        stage: STAGE,
        orgId: ORG,
        plainEnvironment: {},
        maxBodyBytes: 6_000_000,
        timings,
      };
    },
    runner(process) {
      const http = peers.http(process);
      return {
        store: createDynamoRunStore(onTable(process)),
        queue: queueOf(process),
        secrets,
        catalog: catalog(),
        steps: stepTypes,
        ports: {
          clock: process.clock,
          random: process.random,
          http,
          llm: peers.llm(process),
          jq: { run: unused },
          python: { run: unused, endRun() {} },
          salesforce: createSalesforce(http, process.clock),
        },
        cache: createDynamoCache(onTable(process)),
        splits: createDynamoSplits(onTable(process)),
        ...createDynamoLimits(onTable(process)),
        answers: createDynamoAnswers(onTable(process)),
        log,
        metrics: NO_METRICS,
        stage: STAGE,
        plainEnvironment: {},
        redelivery: { maxReceiveCount: MAX_RECEIVE_COUNT, baseSeconds: 30 },
        timings,
      };
    },
    sweeper: (process) => ({
      store: createDynamoRunStore(onTable(process)),
      queue: queueOf(process),
      clock: process.clock,
      log,
      metrics: NO_METRICS,
      timings,
    }),
    operator: (process) => ({
      splits: createDynamoSplits(onTable(process)),
      store: createDynamoRunStore(onTable(process)),
      queue: queueOf(process),
      clock: process.clock,
      random: process.random,
      catalog: catalog(),
      timings,
      metrics: NO_METRICS,
    }),
  };
}

/** A client of a table whose answers take no time. */
export function directClient(table: Pick<SimulatedTable, "perform">) {
  return {
    send: async (command: { readonly input: object }) =>
      table.perform({ name: command.constructor.name, input: command.input }),
  };
}
