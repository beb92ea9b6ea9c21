import { describeRun } from "../../../lib/app/describe-run.ts";
import { isSettled } from "../../../lib/core/journal.ts";
import { type Json, type JsonObject, jsonOrText } from "../../../lib/core/json.ts";
import type { HttpRequest } from "../../../lib/core/ports/http.ts";
import type { RunRecord } from "../../../lib/core/run.ts";
import { requestsIn, stepOf, type Trial } from "../trial.ts";
import type { ModelRun } from "./model.ts";
import { isMapping, sorted } from "./model-values.ts";
import type { RandomCase } from "./random-case.ts";

/** What engine and model must have in common of a run. */
interface Facts {
  readonly status: string;
  readonly state: Json;
  readonly output: Json;
  readonly error: { readonly class: string; readonly step: string | null } | null;
  /** What `stop` or `fail` said. */
  readonly said: string | undefined;
  /** `path status`. */
  readonly settled: readonly string[];
  /** `path line`. */
  readonly printed: readonly string[];
  readonly calls: readonly FactualCall[];
}

interface FactualCall {
  /** Where the order of calls is defined. */
  readonly lane: string;
  readonly path: string;
  readonly address: string;
  /** Undefined: none was sent. */
  readonly body: Json | undefined;
}

/**
 * Where the run that was made and the one that was expected differ, in words; empty: they agree. When faults have struck,
 * attempts are not counted: each call must have been made, and no other.
 */
export function disagreements(given: RandomCase, trial: Trial, struck: boolean): readonly string[] {
  const { run, children, ranAgain, finals, answer, calls } = trial;
  const [first, ...others] = given.expected;
  if (!first) throw new Error("nothing is expected");
  if (!run) return struck && answer?.status !== 202 ? [] : ["there is no run"];
  const rules = { counted: !struck, races: given.races === true };
  const requests = Map.groupBy(requestsIn(calls), (request) => stepOf(request).runId);
  const lanes = new Map(given.expected.flatMap((one) => one.calls.map(({ path, lane }) => [path, lane])));
  const made = (one: RunRecord) => comparable(factsOf(one, requests.get(one.runId) ?? [], lanes), rules);
  const meant = (one: ModelRun) => comparable(factsOfModel(one), rules);
  const runs = (all: readonly JsonObject[]) => {
    const texts = all.map(({ said: _said, ...facts }) => sorted(facts)).sort();
    return rules.counted ? texts : [...new Set(texts)];
  };
  const theirs = rules.races ? [] : runs(children.map(made));
  const modelled = rules.races ? [] : runs(others.map(meant));
  const { said, ...expected } = meant(first);
  const { said: word, ...found } = made(run);
  return [
    ...differences(found, expected),
    ...(said !== null && said !== "" ? differences({ said: word ?? null }, { said: said ?? null }) : []),
    ...differences({ runs: theirs }, { runs: modelled }),
    ...(ranAgain.length > 0 ? [`ran again although they had an entry: ${ranAgain.join(", ")}`] : []),
    ...(new Set(finals).size > 1 ? [`its final status changed: ${finals.join(", ")}`] : []),
  ];
}

function factsOf(
  run: RunRecord,
  requests: readonly HttpRequest[],
  lanes: ReadonlyMap<string, string>,
): Facts {
  const { status, state, output, error, reason } = describeRun(run);
  const settled = run.journal.filter(isSettled);
  const prints = settled.filter(({ type, status: end }) => type === "print" && end === "ok");
  return {
    status,
    state,
    output,
    error: error && { class: error.class, step: error.step },
    said: status === "succeeded" ? (reason ?? undefined) : error?.message,
    settled: settled.map((entry) => `${entry.path} ${entry.status}`),
    printed: prints.map(({ path, logs }) => `${path} ${logs?.[0]?.message}`),
    calls: requests.map((request) => {
      const { path } = stepOf(request);
      const { method, url, body } = request;
      return {
        lane: lanes.get(path) ?? "unexpected",
        path,
        address: `${method} ${url}`,
        body: bodyOf(body),
      };
    }),
  };
}

function factsOfModel({ status, state, output, error, said, settled, printed, calls }: ModelRun): Facts {
  const made = calls.map(({ path, lane, method, url, body }) => ({
    lane,
    path,
    address: `${method} ${url}`,
    body: bodyOf(body),
  }));
  return { status, state, output, error, said: said?.trim(), settled, printed, calls: made };
}

function bodyOf(body: HttpRequest["body"]): Json | undefined {
  const text = typeof body === "object" ? new TextDecoder().decode(body) : body;
  return text === undefined ? undefined : jsonOrText(text);
}

/** Facts as plain values, without what is a matter of chance. */
function comparable(facts: Facts, { counted, races }: { counted: boolean; races: boolean }): JsonObject {
  const { status, state, output, error, said = null, settled, printed, calls } = facts;
  const byLane = [...Map.groupBy(calls, ({ lane }) => lane)].map(([lane, all]) => {
    const texts = all.map(
      ({ path, address, body }) =>
        `${path}: ${address} ${body === undefined ? "" : sorted(masked(body, counted))}`,
    );
    return [lane, counted ? texts : [...new Set(texts)]] as const;
  });
  const outcome = { status, state: masked(state, counted), output: masked(output, counted), said };
  if (races) return { ...outcome, error: error?.class ?? null };
  const inOrder = { settled: settled.toSorted(), printed: printed.toSorted() };
  return { ...outcome, error: error && { ...error }, ...inOrder, calls: Object.fromEntries(byLane) };
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** A value without ids, and without the sentences of errors, which are no part of the language. */
function masked(value: Json, counted: boolean): Json {
  if (typeof value === "string") return value.replaceAll(UUID, "id");
  if (Array.isArray(value)) return value.map((item) => masked(item, counted));
  if (!isMapping(value)) return value;
  const isError = value.error_details !== undefined;
  const isMeta = value.run_id !== undefined;
  const entries = Object.entries(value).map(([key, item]): readonly [string, Json] => {
    if ((isError && key === "error") || (isMeta && key === "reason")) return [key, ""];
    if (isError && key === "error_details" && isMapping(item)) {
      const { details: _details, message: _message, ...others } = item;
      return [key, masked(others, counted)];
    }
    return key === "attempts" && !counted ? [key, 0] : [key, masked(item, counted)];
  });
  return Object.fromEntries(entries);
}

/** Each place where two values differ, outermost first. */
function differences(found: Json | undefined, expected: Json | undefined, path = ""): readonly string[] {
  if (sorted(found ?? null) === sorted(expected ?? null)) return [];
  const parts = (value: Json | undefined): JsonObject | undefined =>
    Array.isArray(value) ? Object.fromEntries(value.entries()) : isMapping(value) ? value : undefined;
  const [ours, theirs] = [parts(found), parts(expected)];
  const keys = Object.keys({ ...ours, ...theirs });
  if (ours && theirs)
    return keys.flatMap((key) => differences(ours[key], theirs[key], path === "" ? key : `${path} › ${key}`));
  return [`${path}: engine ${JSON.stringify(found)}, model ${JSON.stringify(expected)}`];
}
