import type { Provider } from "../core/ports/llm.ts";
import type { AnyStep } from "../core/step.ts";
import type { StepNode, Workflow } from "../core/workflow.ts";
import { modelOf } from "../language/model-of.ts";
import { LIST_PRICES } from "./list-prices.ts";

/** Tokens of a call, as far as a file shows them. */
export interface TokenCount {
  readonly input: number;
  readonly output: number;
}

/** What an estimate is made with. */
export interface EstimateBasis {
  readonly types: ReadonlyMap<string, AnyStep>;
  readonly ingestMemoryMb: number;
  readonly runnerMemoryMb: number;
  /** US dollars of a call; null where the model has no known price. */
  priceOf(provider: Provider, model: string, tokens: TokenCount): Promise<number | null>;
  /** Mean of what models cost in runs of the same model steps, in US dollars, and of how many runs. */
  readonly recorded?: { readonly meanUsd: number; readonly runs: number } | undefined;
}

/** What a thousand runs that go well cost, in US dollars; `models` is null where a price is not known. */
export interface CostEstimate {
  readonly table: number;
  readonly functions: number;
  readonly queue: number;
  readonly api: number;
  readonly models: number | null;
  readonly total: number;
  /** What was counted of one run. */
  readonly counted: {
    readonly writeUnits: number;
    readonly messages: number;
    readonly calls: number;
    readonly modelCalls: number;
  };
  /** What had to be assumed, a sentence each. */
  readonly assumptions: readonly string[];
}

/** Items of a loop, which only a run knows. */
const ITEMS = 10;
/** Of a run without effects, test/e2e/write-cost.test.ts. */
const BASE_UNITS = 7;
/** Send, receive, delete. */
const QUEUE_REQUESTS = 3;
/** docs/performance.md: a webhook accepted; five pure steps from the acceptance to the end; a durable step. */
const MEASURED_MS = { accept: 4.2, run: 6.5, effect: 2.2 } as const;
const ASSUMED_MS = { call: 500, modelCall: 3_000 } as const;
/** Of an answer whose length the file does not limit. */
const USUAL_ANSWER_TOKENS = 500;
const LETTERS_PER_TOKEN = 4;
const RUNS = 1_000;

/** Estimates what a thousand runs of a workflow cost when all goes well, by counting its steps; docs/cost.md says how. */
export async function estimateCost(workflow: Workflow, basis: EstimateBasis): Promise<CostEstimate> {
  const assumptions = new Set<string>();
  const calls = effectsOf(workflow.steps, basis.types, assumptions);
  const effects = calls.reduce((sum, { times }) => sum + times, 0);
  const asking = calls.filter(({ step }) => basis.types.get(step.type)?.facts?.asksModelOf !== undefined);
  const modelCalls = asking.reduce((sum, { times }) => sum + times, 0);
  const webhook = workflow.input.type === "http_webhook";
  const last = workflow.steps.at(-1);
  // The last effect travels in the write that ends the run.
  const segments = Math.max(0, effects - (last && basis.types.get(last.type)?.effect ? 1 : 0));
  const writeUnits = BASE_UNITS + segments;
  const runnerMs =
    MEASURED_MS.run +
    effects * MEASURED_MS.effect +
    (effects - modelCalls) * ASSUMED_MS.call +
    modelCalls * ASSUMED_MS.modelCall;
  if (effects > modelCalls) assumptions.add(`a call takes ${ASSUMED_MS.call} ms`);
  if (modelCalls > 0) assumptions.add(`a model answers within ${ASSUMED_MS.modelCall} ms`);
  if (effects > 0) assumptions.add("each run has an invocation to itself; up to ten share one under load");
  const gbSeconds =
    (MEASURED_MS.accept * basis.ingestMemoryMb + runnerMs * basis.runnerMemoryMb) / 1024 / 1000;
  const models = asking.length === 0 ? 0 : await modelCost(workflow, asking, basis, assumptions);
  const perRun = {
    table: writeUnits * LIST_PRICES.dynamoWriteUnit,
    functions: gbSeconds * LIST_PRICES.lambdaGbSecond + 2 * LIST_PRICES.lambdaRequest,
    queue: (QUEUE_REQUESTS + (webhook ? 0 : QUEUE_REQUESTS)) * LIST_PRICES.sqsRequest,
    api: webhook ? LIST_PRICES.apiRequest : 0,
  };
  const own = Object.values(perRun).reduce((sum, one) => sum + one, 0);
  return {
    table: perRun.table * RUNS,
    functions: perRun.functions * RUNS,
    queue: perRun.queue * RUNS,
    api: perRun.api * RUNS,
    models: models === null ? null : models * RUNS,
    total: (own + (models ?? 0)) * RUNS,
    counted: { writeUnits, messages: webhook ? 1 : 2, calls: effects - modelCalls, modelCalls },
    assumptions: [...assumptions],
  };
}

interface CountedStep {
  readonly step: StepNode;
  readonly times: number;
}

/** Steps with an effect and how often they run: loops have some items, of branches the one with the most effects counts. */
function effectsOf(
  steps: readonly StepNode[],
  types: ReadonlyMap<string, AnyStep>,
  assumptions: Set<string>,
  times = 1,
): readonly CountedStep[] {
  return steps.flatMap((step): readonly CountedStep[] => {
    const type = types.get(step.type);
    const own = type?.effect ? [{ step, times }] : [];
    if (step.type === "wait" || type?.startsRuns)
      assumptions.add(
        `what ${step.type} adds by leaving the invocation, and the runs it starts, are not counted`,
      );
    const places = new Map(type?.blocks?.(step.params).map((place) => [place.label, place]));
    const blocks = Object.entries(step.blocks).map(([label, inner]) => {
      const place = places.get(label);
      if (place?.repeats) assumptions.add(`a loop has ${ITEMS} items`);
      return {
        chosen: step.type === "if_else",
        counted: effectsOf(inner, types, assumptions, times * (place?.repeats ? ITEMS : 1)),
      };
    });
    const branches = blocks.filter(({ chosen }) => chosen);
    if (branches.length > 1) assumptions.add("of branches the one with the most calls is taken");
    const weight = (counted: readonly CountedStep[]) => counted.reduce((sum, one) => sum + one.times, 0);
    const heaviest = branches.reduce<readonly CountedStep[]>(
      (most, { counted }) => (weight(counted) > weight(most) ? counted : most),
      [],
    );
    return [...own, ...heaviest, ...blocks.filter(({ chosen }) => !chosen).flatMap(({ counted }) => counted)];
  });
}

async function modelCost(
  workflow: Workflow,
  asking: readonly CountedStep[],
  { types, recorded, priceOf }: EstimateBasis,
  assumptions: Set<string>,
): Promise<number | null> {
  if (recorded) {
    assumptions.add(`models cost what they did in the latest ${recorded.runs} runs`);
    return recorded.meanUsd;
  }
  let sum = 0;
  for (const { step, times } of asking) {
    const provider = types.get(step.type)?.facts?.asksModelOf;
    const model = modelOf(step, workflow);
    if (provider === undefined || model === undefined) {
      assumptions.add(`which model ${step.id} asks only a run can say: it is left out`);
      return null;
    }
    const tokens = tokensOf(step);
    assumptions.add(
      `${step.id}: ${tokens.input} tokens in (its texts, ${LETTERS_PER_TOKEN} letters each), ${tokens.output} out (${
        limitOf(step) === undefined ? "its length is not limited" : "its limit"
      })`,
    );
    const price = await priceOf(provider, model, tokens);
    if (price === null) {
      assumptions.add(`${model} has no known price: it is left out`);
      return null;
    }
    sum += price * times;
  }
  return sum;
}

function tokensOf(step: StepNode): TokenCount {
  const { model: _model, api_key: _key, ...told } = step.params;
  const letters = JSON.stringify(Object.values(told)).length;
  return { input: Math.ceil(letters / LETTERS_PER_TOKEN), output: limitOf(step) ?? USUAL_ANSWER_TOKENS };
}

function limitOf({ params }: StepNode): number | undefined {
  const limit = params.max_tokens ?? params.max_output_tokens;
  return typeof limit === "number" ? limit : undefined;
}
