import type { Json, JsonObject } from "../../../../lib/core/json.ts";
import { httpCall, runWorkflow } from "./calls.ts";
import { hold } from "./conditions.ts";
import { failureOf, Refusal } from "./failure.ts";
import { forEach } from "./for-each.ts";
import { answerOf } from "./jq-programs.ts";
import { parallel } from "./parts.ts";
import type { Place, Result, Work } from "./place.ts";
import { inputOf, readerAt } from "./place.ts";
import { type Reader, render } from "./template.ts";
import { asText, type Write, written } from "./values.ts";

/** What a step does; what is thrown on the way is a failure of its own. */
export function* workOf(place: Place): Work<Result> {
  for (;;) {
    try {
      return yield* bodyOf(place);
    } catch (thrown) {
      yield failureOf(thrown, place.path, place.attempt.count);
    }
  }
}

function* bodyOf(place: Place): Work<Result> {
  const { step, run } = place;
  const reader = readerAt(place);
  switch (step.type) {
    case "http_call":
      return httpCall(place);
    case "run_workflow":
      return runWorkflow(place);
    case "if_else":
      return yield* ifElse(place);
    case "for_each":
      return yield* forEach(place);
    case "parallel":
      return yield* parallel(place);
    case "filter":
      return filter(step, reader);
    case "set":
      return { also: assignments(place) };
    case "jq":
      return { output: answerOf(step, inputOf(place), run.names) };
    case "print": {
      const { text = "", prefix = "" } = render({ ...step }, reader) as JsonObject;
      const line = [asText(prefix).trimEnd(), asText(text)].filter((part) => part !== "").join(" ");
      run.printed.push(`${place.path} ${line}`);
      return {};
    }
    case "stop":
      return { end: { kind: "stop", said: asText(render(step.message ?? "", reader)) } };
    case "fail":
      throw new Refusal("refused", { endsRun: asText(render(step.message ?? "", reader)) });
    case "add_uuid":
      return { output: "00000000-0000-4000-8000-000000000000" };
    case "wait":
      return {};
    default:
      throw new Error(`the model knows no ${step.type}`);
  }
}

function* ifElse({ run, step, path, scope }: Place): Work<Result> {
  const reader = readerAt({ run, scope });
  const branches = [step.if, ...((step.else_if ?? []) as readonly Json[])] as readonly JsonObject[];
  const index = branches.findIndex(({ conditions, match }) => hold(conditions, reader, match));
  const branch = index < 0 ? (step.else as JsonObject | undefined) : branches[index];
  if (!branch) return { output: { branch: null } };
  const label = index < 0 ? "else" : index === 0 ? "if" : `else_if_${index}`;
  const steps = index === 0 ? (branch.steps ?? step.steps) : branch.steps;
  const end = yield* run.list(steps, `${path}.${label}.`, scope);
  return { output: { branch: label }, end };
}

function filter({ conditions, groups, drop_on_failure: drops = true }: JsonObject, reader: Reader): Result {
  const all = (groups ?? [{ conditions }]) as readonly JsonObject[];
  const held = all.map((group) => hold(group.conditions, reader));
  const passed = held.includes(true);
  return !passed && drops ? { end: { kind: "drop" } } : { output: { passed, groups: held } };
}

function assignments(place: Place): readonly Write[] {
  let { state } = place.scope;
  return Object.entries(place.step.values as JsonObject).map(([path, template]) => {
    const write: Write = [path, render(template, readerAt(place, state))];
    state = written(state, [write]);
    return write;
  });
}
