import type { Json, JsonObject } from "../core/json.ts";
import { renderDeep } from "../core/template.ts";
import { targetOf } from "./reader.ts";
import { View } from "./view.ts";
import type { Walk } from "./walk.ts";

/** Renders templates by the paths they are written to, each on a state in which those before it are written. */
export function renderAssignments(
  walk: Walk,
  view: View,
  assignments: JsonObject,
  warn: (message: string) => void,
): { readonly [path: string]: Json } {
  const trial = View.of(view.state);
  const lookup = walk.lookup(trial, warn);
  const rendered = Object.entries(assignments).map(([path, template]) => {
    const value = renderDeep(template, lookup);
    trial.apply([{ path: targetOf(path), value }]);
    return [path, value] as const;
  });
  return Object.fromEntries(rendered);
}
