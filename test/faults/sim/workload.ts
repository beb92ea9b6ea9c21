import type { Json, JsonObject } from "../../../lib/core/json.ts";
import type { Workflow } from "../../../lib/core/workflow.ts";
import { compiled } from "../../support/engine-run.ts";
import type { FaultCase } from "../workflows.ts";

/** What a workload is about whose input has limits. */
export type LimitedKind =
  | "dedupe"
  | "respond"
  | "rate"
  | "rate that rejects"
  | "concurrency"
  | "debounce"
  | "batch"
  | "batch with dedupe";

/** A case under a name of its own, so that several can be deployed beside each other. */
export interface Workload {
  readonly about: string;
  readonly given: FaultCase;
  readonly name: string;
  /** What is deployed first, and what a later deploy brings. */
  readonly versions: readonly [Workflow, Workflow];
  /** Workflows whose runs its steps start. */
  readonly others: readonly Workflow[];
  readonly event: Json;
  /** Its events differ, and its input has such limits; absent: none. */
  readonly limited?: LimitedKind;
  /** Addresses that may be asked once only. */
  readonly onceOnly: readonly string[];
}

/** Compiles a case; workflows beside it get names that no other case has. */
export function workloadOf(about: string, given: FaultCase, name: string): Workload {
  const beside = Object.keys(given.workflows ?? {});
  const renamed = (file: JsonObject) =>
    withNames(file, (one) => (beside.includes(one) ? `${name}-${one}` : one));
  const file = renamed(given.file) as JsonObject;
  const next = {
    ...file,
    steps: [{ type: "set", values: { deployed: "again" } }, ...(file.steps as Json[])],
  };
  return {
    about,
    given,
    name,
    versions: [compiled({ ...file, name }), compiled({ ...next, name })],
    others: beside.map((one) =>
      compiled({ ...(renamed(given.workflows?.[one] ?? {}) as JsonObject), name: `${name}-${one}` }),
    ),
    event: given.event ?? {},
    onceOnly: urlsOnce(given.file),
  };
}

/** A file whose steps start workflows by their new names. */
function withNames(value: Json, rename: (name: string) => string): Json {
  if (Array.isArray(value)) return value.map((one) => withNames(one, rename));
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value as JsonObject).map(([key, inner]): readonly [string, Json] => [
    key,
    key === "name" && (value as JsonObject).type === "run_workflow"
      ? rename(String(inner))
      : withNames(inner, rename),
  ]);
  return Object.fromEntries(entries);
}

function urlsOnce(value: Json): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(urlsOnce);
  if (value === null || typeof value !== "object") return [];
  const step = value as JsonObject;
  const own = step.effect === "at_most_once" ? [String(step.url)] : [];
  return [...own, ...Object.values(step).flatMap(urlsOnce)];
}
