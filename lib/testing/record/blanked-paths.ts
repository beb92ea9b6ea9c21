import { statePath } from "../../core/blank-history.ts";
import { readBody } from "../../core/event-body.ts";
import { isObject, type Json } from "../../core/json.ts";
import { type Path, readPath } from "../../core/path.ts";
import { REDACTED } from "../../core/redactor.ts";
import type { RunRecord } from "../../core/run.ts";
import type { Workflow } from "../../core/workflow.ts";

/** The paths of `history.redact` that a run's history really lost. */
export function blankedPaths(run: RunRecord, { history }: Workflow): readonly string[] {
  return history.redact.filter((text) => {
    const path = statePath(text);
    const inEvent = readPath(readBody(run.event), path) === REDACTED;
    return (
      inEvent ||
      run.journal.some(({ patch }) => patch.some((write) => isBlanked(write.path, write.value, path)))
    );
  });
}

function isBlanked(at: Path, value: Json | undefined, path: Path): boolean {
  if (value === REDACTED) return path.every((key, index) => key === at[index]);
  const isInside = at.every((key, index) => key === path[index]);
  return isInside && isObject(value) && readPath(value, path.slice(at.length)) === REDACTED;
}
