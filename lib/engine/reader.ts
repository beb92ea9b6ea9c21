import type { RunError } from "../core/journal.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { type Path, parsePath, readPath } from "../core/path.ts";
import type { Execution } from "./execution.ts";

/** What the reserved names stand for during one attempt of a run (language.md section 2). */
export interface ReservedNames {
  readonly input: Json;
  readonly request: JsonObject;
  readonly workflow: JsonObject;
  readonly run: JsonObject;
  /** In `on_failure` only. */
  readonly error?: JsonObject;
}

/** The reserved names of an execution; `error` while its `on_failure` steps run. */
export function reservedNames(execution: Execution, error?: RunError): ReservedNames {
  const { workflow, run, stage, event, request } = execution;
  return {
    input: event,
    request: { ...request },
    workflow: { name: workflow.name, version: workflow.version ?? null, stage, hash: workflow.hash },
    run: { id: run.id, attempt: run.attempt, started_at: new Date(run.startedAt).toISOString() },
    ...(error && {
      error: { step: error.step, class: error.class, message: error.message, details: error.details },
    }),
  };
}

/** Reads a path as a file does: reserved names first, then the state; `state.x` reaches a key they hide. */
export function readReserved(path: Path, state: JsonObject, names: ReservedNames): Json | undefined {
  const [head, ...rest] = path;
  if (head === "state") return readPath(state, rest);
  if (head === "input" || head === "request" || head === "workflow" || head === "run" || head === "error") {
    const reserved = names[head];
    if (reserved !== undefined) return readPath(reserved, rest);
  }
  return readPath(state, path);
}

/** Where a result is written: `state.x` is `x`. */
export function targetOf(path: string): Path {
  const keys = parsePath(path);
  return keys[0] === "state" ? keys.slice(1) : keys;
}
