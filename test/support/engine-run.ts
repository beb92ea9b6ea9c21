import { stringify } from "yaml";
import { createMemoryCache } from "../../lib/adapters/memory/memory-cache.ts";
import { createSalesforce } from "../../lib/adapters/salesforce/create-salesforce.ts";
import { parseScript } from "../../lib/adapters/scripted/script.ts";
import { scriptedHttp } from "../../lib/adapters/scripted/scripted-http.ts";
import { scriptedLlm } from "../../lib/adapters/scripted/scripted-llm.ts";
import type { FlowError } from "../../lib/core/flow-error.ts";
import { foldJournal, initialState, type JournalEntry } from "../../lib/core/journal.ts";
import type { Json, JsonObject } from "../../lib/core/json.ts";
import type { Cache } from "../../lib/core/ports/cache.ts";
import type { StepPorts } from "../../lib/core/step-context.ts";
import type { Workflow } from "../../lib/core/workflow.ts";
import { resolveEnvironment } from "../../lib/engine/environment.ts";
import { executeRun } from "../../lib/engine/execute-run.ts";
import type { Execution, Limits, LoopPart } from "../../lib/engine/execution.ts";
import { Journal } from "../../lib/engine/journal.ts";
import type { RunEnd } from "../../lib/engine/run-end.ts";
import { createWaits } from "../../lib/engine/waits.ts";
import { loadWorkflow } from "../../lib/language/load-workflow.ts";
import { formatProblem } from "../../lib/language/problem.ts";
import { stepTypes } from "../../lib/steps/registry.ts";
import { seededRandom } from "../../lib/testing/seeded-random.ts";
import { type VirtualClock, virtualClock } from "../../lib/testing/virtual-clock.ts";
import { type KeptLog, keptLog } from "./kept-log.ts";
import { noRuns } from "./no-runs.ts";

/** Compiles a workflow given as data. @throws Error with the problems. */
export function compiled(file: JsonObject): Workflow {
  const { workflow, problems } = loadWorkflow(
    stringify({ name: "example", ...file }, { aliasDuplicateObjects: false }),
    "example.yaml",
  );
  if (!workflow) throw new Error(problems.map(formatProblem).join("\n"));
  return workflow;
}

/** What one attempt of a run is given. */
export interface AttemptOptions {
  readonly workflow: Workflow;
  readonly event?: Json;
  readonly past?: readonly JournalEntry[];
  readonly http?: readonly Json[];
  readonly llm?: readonly Json[];
  readonly env?: { readonly [name: string]: string };
  readonly limits?: Partial<Limits>;
  readonly runUntil?: number;
  readonly lastDelivery?: boolean;
  readonly clock?: VirtualClock;
  readonly ports?: Partial<StepPorts>;
  readonly cache?: Cache;
  readonly runId?: string;
  readonly poison?: FlowError;
  readonly redrives?: number;
  readonly part?: LoopPart;
  readonly signal?: AbortSignal;
  /** Called instead of storing; what it throws is what the store threw. */
  append?(entries: readonly JournalEntry[], segment: number): Promise<void>;
}

/** What came of it. */
export interface AttemptResult {
  readonly end: RunEnd;
  readonly segments: readonly (readonly JournalEntry[])[];
  readonly tail: readonly JournalEntry[];
  /** Everything recorded, in order. */
  readonly entries: readonly JournalEntry[];
  /** The run's state, folded from the whole journal. */
  readonly state: JsonObject;
  readonly calls: readonly JsonObject[];
  readonly clock: VirtualClock;
  readonly log: KeptLog["lines"];
}

/** Executes one attempt of a run in memory, with time and chance of its own. */
export async function attempt(options: AttemptOptions): Promise<AttemptResult> {
  const { workflow, event = {}, past = [] } = options;
  const clock = options.clock ?? virtualClock();
  const script = parseScript({ http: options.http ?? [], llm: options.llm ?? [] });
  const http = scriptedHttp(script, { clock });
  const llm = scriptedLlm(script, { clock });
  const salesforce = createSalesforce(http, clock);
  const segments: JournalEntry[][] = [];
  const entries: JournalEntry[] = [];
  const journal = new Journal({
    past,
    append: async (batch) => {
      await options.append?.(batch, segments.length);
      segments.push([...batch]);
    },
    onEntry: (entry) => entries.push(entry),
  });
  const environment = resolveEnvironment(workflow, [options.env ?? {}]);
  const log = keptLog();
  const forever = Number.POSITIVE_INFINITY;
  const jq = { run: () => Promise.reject(new Error("these examples use no jq")) };
  const python = { run: () => Promise.reject(new Error("these examples use no Python")), endRun() {} };
  const execution: Execution = {
    workflow,
    run: {
      id: options.runId ?? "run-1",
      attempt: 1,
      startedAt: clock.now(),
      depth: 0,
      ...(options.redrives && { redrives: options.redrives }),
    },
    ...(options.part && { part: options.part }),
    stage: "test",
    event,
    request: { method: "POST", path: "/", query: {}, headers: {}, received_at: "", delivery_id: "" },
    steps: stepTypes,
    ports: {
      clock,
      random: seededRandom(),
      http,
      llm,
      jq,
      python,
      salesforce,
      childRuns: noRuns,
      ...options.ports,
    },
    cache: options.cache ?? createMemoryCache(),
    journal,
    limits: {
      handOverAt: forever,
      freshMs: forever,

      longestWaitMs: forever,
      ...options.limits,
    },
    runUntil: options.runUntil ?? forever,
    waits: createWaits(clock),
    log,
    signal: options.signal ?? new AbortController().signal,
    environment: () => environment,
    refreshEnvironment: async () => false,
    ...(options.poison && { poison: options.poison }),
  };
  const end = await executeRun(execution, options.lastDelivery ?? true);
  const tail = await journal.takeTail();
  const state = foldJournal(initialState(event), [...past, ...segments.flat(), ...tail]);
  const calls = [...http.calls, ...llm.calls];
  return { end, segments, tail, entries, state, calls, clock, log: log.lines };
}
