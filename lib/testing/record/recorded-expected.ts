import type { RunView } from "../../app/describe-run.ts";
import { statePath } from "../../core/blank-history.ts";
import { readBody } from "../../core/event-body.ts";
import { initialState, type JournalEntry } from "../../core/journal.ts";
import { type Json, type JsonObject, jsonEquals } from "../../core/json.ts";
import type { Path } from "../../core/path.ts";
import type { RunRecord } from "../../core/run.ts";
import type { AnyStep } from "../../core/step.ts";
import type { Workflow } from "../../core/workflow.ts";
import { targetOf } from "../../engine/reader.ts";
import { nodesOf } from "../workflow-places.ts";
import { differences } from "./differences.ts";
import { exactPattern } from "./exact-pattern.ts";

/** Two runs of the same case, at other times, with other chances and other secrets. */
export type Twice = readonly [RunView, RunView];

/**
 * What a case states of a run: how it ended, what it wrote, and how its effects went. What came out differently in two
 * runs of the case hangs on time, chance or a secret and is left open, as are the words of accepted failures and what the file
 * blanks in its history.
 */
export function recordedExpected(
  run: RunRecord,
  view: RunView,
  workflow: Workflow,
  steps: ReadonlyMap<string, AnyStep>,
  [once, again]: Twice,
): JsonObject {
  const blanked = workflow.history.redact.map(statePath);
  const open = differences(once.state, again.state);
  const untold = [...failureWords(workflow, run.journal), ...blanked];
  const written = writtenState(run, view.state);
  const { output } = run;
  const byFailure = run.journal.some(({ status, error }) => status === "dropped" && error);
  const steady = once.reason === again.reason && view.reason !== null && !byFailure;
  return {
    status: run.status,
    ...(run.status === "failed" && run.error && { error: errorOf(run.error) }),
    ...(steady && { reason: view.reason }),
    ...(Object.keys(written).length > 0 && { state: exactPattern(written, { open, untold }) }),
    ...(output !== undefined && {
      output: exactPattern(output, { open: differences(once.output, again.output), untold: blanked }),
    }),
    ...stepsOf(run.journal, steps),
  };
}

/** The keys of the state that the event did not bring as they are. */
function writtenState(run: RunRecord, state: JsonObject): JsonObject {
  const before = initialState(readBody(run.event));
  return Object.fromEntries(
    Object.entries(state).filter(
      ([key, value]) => !jsonEquals(value, Object.hasOwn(before, key) ? before[key] : undefined),
    ),
  );
}

function errorOf({ class: errorClass, id }: NonNullable<RunRecord["error"]>): JsonObject {
  return { class: errorClass, ...(id !== undefined && { step: id }) };
}

/** Sentences name addresses, which are not those of the case. */
function failureWords(workflow: Workflow, journal: readonly JournalEntry[]): readonly Path[] {
  const accepted = new Set(journal.filter(({ handled }) => handled).map(({ id }) => id));
  return nodesOf(workflow).flatMap(({ node: { id, outputTo } }) => {
    if (!accepted.has(id) || outputTo === null) return [];
    const target = targetOf(outputTo);
    return [
      [...target, "error"],
      ...["message", "status", "details"].map((key) => [...target, "error_details", key]),
    ];
  });
}

/** How each effect went: its status, and its attempts where there were several. Loops say it item by item in the state. */
function stepsOf(journal: readonly JournalEntry[], steps: ReadonlyMap<string, AnyStep>): JsonObject {
  const effects = journal.filter(({ type }) => steps.get(type)?.effect);
  const single = [...Map.groupBy(effects, ({ id }) => id)].flatMap(([id, entries]) => {
    const last = entries.at(-1);
    const isSingle = new Set(entries.map(({ path }) => path)).size === 1;
    // What was kept from an earlier run is asked for in the case.
    return last && isSingle && last.status !== "cached" ? [[id, howItWent(last)] as const] : [];
  });
  return single.length === 0 ? {} : { steps: Object.fromEntries(single) };
}

function howItWent({ status, attempts }: JournalEntry): Json {
  return attempts > 1 ? { status, attempts } : status;
}
