import type { RunView, StepView } from "../app/describe-run.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { formatPath, type Path } from "../core/path.ts";
import type { Expected } from "./case-schema.ts";
import { checkCalls, checkNotCalled } from "./check-calls.ts";
import { compare, type Failure } from "./failure.ts";
import { callName } from "./made-call.ts";
import { fits } from "./pattern.ts";
import type { CaseRun } from "./run-case.ts";
import { yamlForCall } from "./yaml-for-call.ts";

/** Compares what came of a run with what its case says. Empty: the case passes. */
export function checkCase(expected: Expected, run: CaseRun): readonly Failure[] {
  const { view } = run;
  return [
    ...unscripted(run),
    ...checkStatus(expected, view),
    ...compare(["error"], expected.error, view.error && errorOf(view.error)),
    ...compare(["reason"], expected.reason, view.reason),
    ...compare(["state"], expected.state, view.state),
    ...compare(["output"], expected.output, view.output),
    ...checkSteps(expected.steps ?? {}, view.steps),
    ...checkCalls(expected.calls, run.calls),
    ...checkNotCalled(expected.not_called ?? [], run.calls),
    ...compare(["waits"], expected.waits, run.waits),
    ...checkLines(expected, view),
    ...compare(["cost_usd"], expected.cost_usd, view.cost_usd),
    ...compare(["saved_usd"], expected.saved_usd, view.saved_usd),
  ];
}

/** A case that says nothing of its run's end expects it to succeed, or to fail when it states an error. */
function checkStatus(
  { status, error: wanted }: Expected,
  { status: found, error, reason }: RunView,
): readonly Failure[] {
  const expected = status ?? (wanted ? "failed" : "succeeded");
  if (found === expected) return [];
  const at = error && error.step !== null ? ` at ${error.id ?? error.step}` : "";
  const why = error ? `: ${error.class}${at}: ${error.message}` : reason === null ? "" : `: ${reason}`;
  return [{ path: ["status"], what: "status", expected, found: `${found}${why}` }];
}

/** A case names a step by its id. */
function errorOf({ id, step, ...others }: NonNullable<RunView["error"]>): Json {
  return { ...others, step: id ?? step };
}

function unscripted({ missed, unused }: CaseRun): readonly Failure[] {
  const path = ["calls"];
  return [
    ...missed.map((call) => ({
      path,
      what: "answers",
      message: `no answer for ${callName(call)}. To give one, add under given.answers:\n${yamlForCall(call)}`,
    })),
    ...unused.map((one) => ({ path, what: "answers", message: `never asked for: ${one}` })),
  ];
}

const SHOWN = [
  "status",
  "attempts",
  "failed_attempts",
  "note",
  "warnings",
  "logs",
  "usage",
  "error",
] as const;

/** Of a step that has not ended yet: another entry of it follows. */
const UNDER_WAY = ["started", "retrying", "waiting"];

/** Each run of a step in a loop is an entry: a list states them one by one, anything else states all of them. */
function checkSteps(expected: JsonObject, views: readonly StepView[]): readonly Failure[] {
  return Object.entries(expected).flatMap(([id, pattern]) => {
    const path = ["steps", id];
    const found = views.filter((one) => one.id === id && !UNDER_WAY.includes(one.status));
    if (pattern === "not_run" || found.length === 0)
      return compare(path, pattern, found.at(-1)?.status ?? "not_run");
    if (Array.isArray(pattern) && pattern.length !== found.length)
      return [{ path, what: formatPath(path), expected: `${pattern.length} runs`, found: `${found.length}` }];
    return found.flatMap((view, index) => {
      const wanted = Array.isArray(pattern) ? pattern[index] : pattern;
      return compare(path, wanted, typeof wanted === "string" ? view.status : shown(view));
    });
  });
}

function shown(view: StepView): Json {
  return Object.fromEntries(SHOWN.map((key) => [key, view[key] as unknown as Json]));
}

/** Each expected line must be among those of the steps; text must be in it somewhere. */
function checkLines({ logs = [], warnings = [] }: Expected, { steps }: RunView): readonly Failure[] {
  const lines = steps.flatMap((step) =>
    step.logs.map((line) => ({ step: step.id, ...line }) as unknown as Json),
  );
  const warned = steps.flatMap((step) => step.warnings);
  return [
    ...logs.flatMap((line, index) => missingLine(["logs", String(index)], patternOf(line), lines)),
    ...warnings.flatMap((text, index) =>
      missingLine(["warnings", String(index)], { $contains: text }, warned),
    ),
  ];
}

function patternOf(line: string | JsonObject): Json {
  if (typeof line === "string") return { message: { $contains: line } };
  return typeof line.message === "string" ? { ...line, message: { $contains: line.message } } : line;
}

function missingLine(path: Path, pattern: Json, lines: readonly Json[]): readonly Failure[] {
  if (lines.some((line) => fits(pattern, line))) return [];
  const found = lines.length === 0 ? "none" : lines.map((line) => JSON.stringify(line)).join("\n");
  return [{ path, what: formatPath(path), expected: JSON.stringify(pattern), found }];
}
