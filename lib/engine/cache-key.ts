import { createHash } from "node:crypto";
import { canonicalJson, type Json } from "../core/json.ts";
import type { StepContext } from "../core/step-context.ts";
import {
  isWholePlaceholder,
  type Lookup,
  parseTemplate,
  placeholdersIn,
  placeholderValue,
  renderDeep,
  renderTemplate,
} from "../core/template.ts";
import type { CacheRule } from "../core/workflow.ts";
import { renderParams, templatedParams } from "./step-params.ts";
import type { Place, Walk } from "./walk.ts";

/**
 * What a step's result is kept under: SHA-256 (64 hex characters) over its type and place of writing, whom the result
 * is for, and the file's `key` with the step's definition, or all that the result depends on. A secret counts by its
 * name: a new value finds the old results, another account does not. Undefined, after a warning, when the file's key
 * is empty: the events without one have nothing in common.
 * @throws FlowError for templates that cannot be resolved.
 */
export function cacheKey(
  walk: Walk,
  place: Place,
  rule: CacheRule,
  context: StepContext,
): string | undefined {
  const { node, definition, view } = place;
  const { lookup, names } = secretsByName(walk, walk.lookup(view, context.warn));
  const what = (): readonly Json[] | undefined => {
    if (rule.key !== undefined) return ofFileKey(place, rule.key, lookup, context);
    const params = renderParams(node, definition, lookup);
    return [params, ...(definition.dependsOn?.(params, context) ?? [])];
  };
  const found = what();
  if (found === undefined) return undefined;
  const content = [scopeOf(walk, rule), node.type, node.outputTo, node.inject, found, [...names].sort()];
  return createHash("sha256").update(canonicalJson(content)).digest("hex");
}

function scopeOf({ execution: { workflow }, names }: Walk, { scope }: CacheRule): readonly Json[] {
  switch (scope) {
    case "run":
      return [scope, names.run.id ?? null];
    case "workflow":
      return [scope, workflow.name];
    case "stage":
      return [scope];
  }
}

/** The key's value; the step as the file gives it; and what a file's text does not show: its model, and the environment. */
function ofFileKey(
  { node, definition }: Place,
  key: string,
  lookup: Lookup,
  { warn }: StepContext,
): readonly Json[] | undefined {
  const value = keyValue(key, lookup);
  if (value === undefined) {
    warn(`cache: its key ${key} lacks a value, so the step ran without cache`);
    return undefined;
  }
  const reads = [...placeholdersIn(templatedParams(node, definition))].flatMap(({ source, fallback }) =>
    "env" in source ? [lookup.env(source.env) ?? fallback ?? null] : [],
  );
  return [value, node.params, node.inputFrom ?? null, renderDeep(node.params.model ?? null, lookup), reads];
}

/** Undefined when any of its placeholders is null or empty: what is left of the key would be the same for many events. */
function keyValue(key: string, lookup: Lookup): Json | undefined {
  const template = parseTemplate(key);
  const values = template.map((part) => (typeof part === "string" ? part : placeholderValue(part, lookup)));
  if (values.some((value) => value === undefined || value === null || value === "")) return undefined;
  return isWholePlaceholder(template) ? values[0] : renderTemplate(template, lookup);
}

/** A lookup that gives names in place of secrets, and collects those it gave. */
function secretsByName({ execution: { workflow } }: Walk, lookup: Lookup) {
  const names = new Set<string>();
  const env = (name: string): string | undefined => {
    const value = lookup.env(name);
    const secret = workflow.environment.find((one) => one.name === name && one.secret);
    if (value === undefined || !secret) return value;
    // A default is the file's own: another workflow may give another one to the name.
    names.add(canonicalJson([name, secret.default ?? null]));
    // Fits wherever a template may stand, in a query's identifiers too.
    return `secret.${name}`;
  };
  return { names, lookup: { ...lookup, env } };
}
