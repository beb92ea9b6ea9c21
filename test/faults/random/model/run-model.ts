import type { Json, JsonObject } from "../../../../lib/core/json.ts";
import { DELIVERIES, detailsOf, type Failure, failureOf, heals } from "./failure.ts";
import type { ModelRun, ModelWorld, RunUnderWay, Scope } from "./place.ts";
import { readerAt } from "./place.ts";
import { runStep } from "./run-step.ts";
import { render } from "./template.ts";
import { isMapping } from "./values.ts";

/**
 * What language.md says that a workflow makes of an event: the run, and behind it those that it starts. A run is one
 * process here, which never dies; a failed delivery is asked to go on where it stands. So there is neither journal nor
 * replay, and nothing of the engine.
 */
export function runModel(world: ModelWorld, workflow: string, event: Json): readonly ModelRun[] {
  const started: Started = { begun: 0, ended: [] };
  return [execute(world, workflow, event, started), ...started.ended];
}

interface Started {
  begun: number;
  readonly ended: ModelRun[];
}

function execute(world: ModelWorld, workflow: string, event: Json, started: Started): ModelRun {
  started.begun += 1;
  const file = world.workflows[workflow] ?? {};
  const declared = (file.environment ?? []) as readonly { name: string; default: string }[];
  const run: RunUnderWay = {
    id: String(started.begun),
    world,
    workflow,
    file,
    names: { input: event, workflow: { name: workflow } },
    environment: Object.fromEntries(declared.map((one) => [one.name, one.default])),
    calls: [],
    settled: [],
    printed: [],
    shared: new Set(),
    unknown: new Set(world.unknown[workflow]),
    start(other, given) {
      const ended = execute(world, other, given, started);
      started.ended.push(ended);
      return ended;
    },
    *list(steps, prefix, scope) {
      for (const [index, step] of ((steps ?? []) as readonly JsonObject[]).entries()) {
        const end = yield* runStep(run, step, `${prefix}${index}`, scope);
        if (end) return end;
      }
      return undefined;
    },
  };
  const scope: Scope = { state: isMapping(event) ? event : {}, open: [], lane: "" };
  const end = endOf(run, scope);
  const { calls, settled, printed, shared } = run;
  return { workflow, output: null, error: null, calls, settled, printed, shared, ...end, state: scope.state };
}

type RunEnd = Pick<ModelRun, "status"> & Partial<ModelRun>;

function endOf(run: RunUnderWay, scope: Scope): RunEnd {
  const work = run.list(run.file.steps, "", scope);
  let turn = work.next();
  for (let made = 1; made < DELIVERIES && !turn.done && heals(turn.value); made += 1) turn = work.next();
  if (!turn.done) {
    work.return(undefined);
    return failed(run, turn.value, scope);
  }
  const end = turn.value;
  if (end?.kind === "drop") return { status: "dropped" };
  try {
    const { output } = run.file;
    const rendered = output === undefined ? scope.state : render(output, readerAt({ run, scope }));
    return { status: "succeeded", output: rendered, ...(end && { said: end.said }) };
  } catch (thrown) {
    return failed(run, failureOf(thrown, null, 0), scope);
  }
}

function failed(run: RunUnderWay, failure: Failure, scope: Scope): RunEnd {
  const { step, class: errorClass, endsRun } = failure;
  const steps = (run.file.on_failure ?? []) as readonly JsonObject[];
  if (steps.length > 0) {
    run.settled.push("on_failure ok");
    run.names.error = { step, class: errorClass, details: step === null ? {} : detailsOf(failure) };
    const work = run.list(steps, "on_failure.", scope);
    work.next();
    work.return(undefined);
  }
  const error = { class: errorClass, step };
  return { status: "failed", error, ...(endsRun !== undefined && { said: endsRun }) };
}
