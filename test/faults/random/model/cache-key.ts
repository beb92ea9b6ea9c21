import type { Json, JsonObject } from "../../../../lib/core/json.ts";
import { inputOf, type Place, readerAt, targetOf } from "./place.ts";
import { isComplete, render } from "./template.ts";
import { sorted } from "./values.ts";

const PARAMETERS = ["url", "method", "query", "body", "response", "allow_status", "multiple"];

/**
 * What a step's result is kept under: its key and definition, or all that it depends on. Undefined for a step that is not
 * cached, and for a key in which something is missing. @throws Refusal for what is missing in a strict file.
 */
export function cacheKey(place: Place): string | undefined {
  const { run, step } = place;
  if (!step.cache) return undefined;
  const { key, scope = "workflow" } = step.cache as { readonly key?: string; readonly scope?: string };
  const reader = readerAt(place);
  if (key !== undefined && !isComplete(key, reader)) return undefined;
  const own = Object.fromEntries(Object.entries(step).filter(([name]) => PARAMETERS.includes(name)));
  const depends =
    key === undefined
      ? [render(own, reader), ...readsOf(place)]
      : [render(key, reader), own, step.input_from ?? null];
  const sharedBy = { workflow: run.workflow, run: run.id }[scope] ?? null;
  const { type = null, inject = null, query = null } = step;
  return sorted([scope, sharedBy, type, targetOf(step) ?? null, inject, type === "jq" && query, ...depends]);
}

/** What a program reads beside its parameters. */
function readsOf(place: Place): readonly Json[] {
  const { step, run } = place;
  if (step.type !== "jq") return [];
  const isNamed = String((step as JsonObject).query).includes("$input");
  return [inputOf(place), isNamed ? (run.names.input ?? null) : null];
}
