import type { StepView } from "../app/describe-run.ts";
import type { ExplainedStep, RunExplanation } from "../app/explain-run.ts";
import { excerpt } from "../core/excerpt.ts";
import { formatJson, type Json, type JsonObject } from "../core/json.ts";
import { columns } from "./columns.ts";
import { localIso } from "./local-time.ts";
import { printable, printableLine } from "./printable.ts";
import { type Paint, statusStyle } from "./run-text.ts";

// What does not fit is in --json.
const LONGEST_VALUE = 400;
const MOST_TRIES = 20;
const MOST_LINES = 10;

/** Why a run stands as it does, for people. */
export function explanationText({ run, why, until, step }: RunExplanation, paint: Paint): string {
  return [
    `${paint(statusStyle(run.status), run.status)}  ${run.run_id}  ${run.workflow} (${run.hash.slice(0, 12)})`,
    printable(why),
    ...(until === null ? [] : [`Until ${localIso(Date.parse(until))}.`]),
    ...(step ? stepLines(step, paint) : []),
    ...costLine(run.cost_usd, run.saved_usd, step),
  ].join("\n");
}

function stepLines(step: ExplainedStep, paint: Paint): readonly string[] {
  return [
    "",
    ...(step.source ? sourceLines(step.source, paint) : [`Step ${step.path} (${step.id}, ${step.type})`]),
    "",
    ...inputLines(step, paint),
    ...triesLines(step.tries, paint),
  ];
}

/** The step's own lines, the first of them marked. */
function sourceLines(
  { file, line, text }: NonNullable<ExplainedStep["source"]>,
  paint: Paint,
): readonly string[] {
  const lines = text.split(/\r?\n/);
  const indent = (at: string) => at.search(/\S/);
  const first = lines[line - 1] ?? "";
  const rest = lines.slice(line);
  const end = rest.findIndex((one) => one.trim() !== "" && indent(one) <= indent(first));
  const count = Math.min(end < 0 ? rest.length : end, MOST_LINES - 1);
  const shown = [first, ...rest.slice(0, count)];
  while (shown.at(-1)?.trim() === "") shown.pop();
  const digits = String(line + shown.length - 1).length;
  return [
    paint("bold", `${printableLine(file)}:${line}`),
    ...shown.map((one, index) => {
      const row = `${index === 0 ? ">" : " "} ${String(line + index).padStart(digits)} | ${printable(one)}`;
      return index === 0 ? row : paint("dim", row);
    }),
  ];
}

function inputLines({ inputs, note }: ExplainedStep, paint: Paint): readonly string[] {
  if (!inputs) return [`What it was given: ${note}.`];
  const given = Object.entries({
    ...inputs.params,
    ...(inputs.input !== undefined && { input: inputs.input }),
  });
  const rows = given.map(([name, value]) => [`  ${printableLine(name)}`, valueText(value)]);
  return [
    `What it was given${note === null ? "" : ` (${note})`}:${given.length === 0 ? " no parameters" : ""}`,
    ...columns(rows),
    ...stateLine(inputs.state, paint),
  ];
}

function stateLine(state: JsonObject, paint: Paint): readonly string[] {
  const names = Object.keys(state).map(printableLine).join(", ");
  return [paint("dim", `  The state had: ${names === "" ? "nothing" : excerpt(names, LONGEST_VALUE)}`)];
}

function valueText(value: Json): string {
  return printableLine(excerpt(typeof value === "string" ? value : formatJson(value), LONGEST_VALUE));
}

/** Each time that the step was begun, its attempts and the waits behind them. */
function triesLines(tries: readonly StepView[], paint: Paint): readonly string[] {
  if (tries.length === 0) return [];
  const rows = tries.slice(-MOST_TRIES).flatMap((one, index, shown) => {
    const before = shown[index - 1];
    const pause = before && Date.parse(one.started_at) - Date.parse(before.started_at) - before.duration_ms;
    const retried = one.failed_attempts.map(({ class: errorClass, status, wait_seconds }) => [
      "",
      errorClass,
      `${status === null ? "" : `answer ${status}, `}then waited ${wait_seconds} s`,
    ]);
    const end = [
      one.status,
      `${one.duration_ms} ms in all${one.error ? `: ${printableLine(one.error.message)}` : ""}`,
    ];
    const [first = ["", ...end], ...more] = [...retried, ["", ...end]];
    const after = pause !== undefined && pause >= 1_000 ? ` (after ${Math.round(pause / 1000)} s)` : "";
    return [[`  ${localIso(Date.parse(one.started_at))}${after}`, ...first.slice(1)], ...more];
  });
  const left = tries.length - Math.min(tries.length, MOST_TRIES);
  return [
    "",
    `Attempts${left > 0 ? `, without the first ${left}` : ""}:`,
    ...columns(rows).map((row, index) => (index === rows.length - 1 ? row : paint("dim", row))),
  ];
}

function costLine(cost: number, saved: number, step: ExplainedStep | null): readonly string[] {
  if (cost === 0 && saved === 0) return [];
  const own = step && step.cost_usd > 0 ? `, $${step.cost_usd} of it at this step` : "";
  return ["", `Models cost $${cost}${own}${saved > 0 ? `; the cache saved $${saved}` : ""}.`];
}
