import { readBody } from "../core/event-body.ts";
import { initialState } from "../core/journal.ts";
import type { Json } from "../core/json.ts";
import { parsePath } from "../core/path.ts";
import type { StoredEvent } from "../core/run.ts";
import { type Lookup, renderDeep } from "../core/template.ts";
import type { InputEntry } from "../core/workflow.ts";
import { readReserved } from "../engine/reader.ts";
import type { InputEnvironment } from "./input-environment.ts";

/** Reads an event before there is a run, as the run's first step would. */
export interface EventReader {
  readonly body: Json;
  read(path: string): Json | undefined;
  /** What resolves to nothing is null, or nothing inside text. */
  render(template: Json): Json;
  /** The same; undefined when a placeholder resolves to nothing. */
  renderWhole(template: Json): Json | undefined;
}

/** A reader of a stored event. */
export function eventReader(
  { name, hash }: Pick<InputEntry, "name" | "hash">,
  stage: string,
  event: StoredEvent,
  env: InputEnvironment,
): EventReader {
  const body = readBody(event);
  const state = initialState(body);
  const names = {
    input: body,
    request: { ...event.request },
    workflow: { name, version: null, stage, hash },
    run: {},
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
    body,
    read: (path) => readReserved(parsePath(path), state, names),
    render: (template) => renderDeep(template, lookup),
    renderWhole(template) {
      isMissing = false;
      const rendered = renderDeep(template, lookup);
      return isMissing ? undefined : rendered;
    },
  };
}
