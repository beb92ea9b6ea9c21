import { initialState } from "../core/journal.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { parsePath } from "../core/path.ts";
import type { ReadEvent } from "../core/run.ts";
import { type Lookup, renderDeep } from "../core/template.ts";
import type { InputEntry } from "../core/workflow.ts";
import { readReserved } from "../engine/reader.ts";
import type { InputEnvironment } from "./input-environment.ts";

/** Reads an event as a step would: before there is a run as its first one, afterwards with what it made of the state. */
export interface EventReader {
  read(path: string): Json | undefined;
  /** What resolves to nothing is null, or nothing inside text. */
  render(template: Json): Json;
  /** The same; undefined when a placeholder resolves to nothing. */
  renderWhole(template: Json): Json | undefined;
}

/** What a run has made of its event so far. */
export interface ReadRun {
  readonly state: JsonObject;
  /** What the reserved name `run` stands for. */
  readonly run: JsonObject;
}

/** A reader of an event, with the state that it begins with where no run is given. */
export function eventReader(
  { name, hash }: Pick<InputEntry, "name" | "hash">,
  stage: string,
  { body, request }: ReadEvent,
  env: InputEnvironment,
  made?: ReadRun,
): EventReader {
  const { state, run } = made ?? { state: initialState(body), run: {} };
  const names = {
    input: body,
    request: { ...request },
    workflow: { name, version: null, stage, hash },
    run,
  };
  let isMissing = false;
  const lookup: Lookup = {
    path: (path) => readReserved(path, state, names),
    env,
    missing() {
      isMissing = true;
    },
  };
  return {
    read: (path) => readReserved(parsePath(path), state, names),
    render: (template) => renderDeep(template, lookup),
    renderWhole(template) {
      isMissing = false;
      const rendered = renderDeep(template, lookup);
      return isMissing ? undefined : rendered;
    },
  };
}
