import type * as z from "zod";
import { isObject, type Json } from "../core/json.ts";
import { formatPath } from "../core/path.ts";
import { parseTemplate } from "../core/template.ts";
import { describeExpected, describeValue, describeWayOut, ownMessage } from "./describe-issue.ts";
import { jsonSchemaOf, propertiesAt } from "./json-schema.ts";
import type { LoaderRule } from "./loader-rules.ts";
import { nameHint, nearestName } from "./nearest-name.ts";
import type { Fix } from "./problem.ts";
import type { ProblemLog } from "./problem-log.ts";
import { nearestNode, nodeAt, type YamlNode } from "./yaml-node.ts";

/** How a part of a file is checked. */
export interface SchemaCheck {
  /** What is checked when it is not the node's whole value, e.g. without the keys that belong to others. */
  readonly value?: Json;
  /** What the part is called where a key is missing. */
  readonly what: string;
  /** Keys whose placeholders are resolved later: a value that holds one is not judged here. Default: none. */
  readonly templated?: (key: string) => boolean;
  /** Names beside the schema's own that are known at its top. */
  readonly known?: readonly string[];
  /** Names that are known in another place, and where. */
  readonly elsewhere?: ReadonlyMap<string, string>;
}

/** The checked value, or undefined after every fault was reported at its place. */
export function checkSchema<Value>(
  schema: z.ZodType<Value>,
  node: YamlNode,
  check: SchemaCheck,
  problems: ProblemLog,
): Value | undefined {
  const value = check.value ?? node.value;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  for (const issue of result.error.issues.flatMap((one) => clearest(one))) {
    const [key] = issue.path;
    if (check.templated?.(String(key)) && holdsPlaceholder(value, issue.path)) continue;
    report(issue, value, schema, node, check, problems);
  }
  return undefined;
}

/** Of the alternatives of a union, the one that comes nearest to what was meant. */
function clearest(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return [issue];
  const allOfWrongType = issue.errors.every(
    ([first, ...more]) => first?.path.length === 0 && more.length === 0 && first.code !== "unrecognized_keys",
  );
  if (allOfWrongType) return [issue];
  const candidates = issue.errors.map((errors) => errors.flatMap((one) => clearest(one)));
  const nearest = candidates.reduce((best, one) => (weightOf(one) < weightOf(best) ? one : best));
  return nearest.map((one) => ({ ...one, path: [...issue.path, ...one.path] }));
}

/** An alternative of another type is farther off than one with a wrong key. */
function weightOf(issues: readonly z.core.$ZodIssue[]): number {
  return issues.reduce((sum, issue) => {
    if (issue.code === "unrecognized_keys") return sum + issue.keys.length;
    return sum + (issue.path.length === 0 ? 10 : 1);
  }, 0);
}

function holdsPlaceholder(value: Json, path: readonly PropertyKey[]): boolean {
  let at: Json | undefined = value;
  for (const key of path) {
    if (isTemplate(at)) return true;
    at = memberOf(at, key);
  }
  return isTemplate(at);
}

function isTemplate(value: Json | undefined): boolean {
  if (typeof value !== "string" || !value.includes("${")) return false;
  try {
    return parseTemplate(value).some((part) => typeof part !== "string");
  } catch {
    // A template that does not parse is reported where templates are checked.
    return true;
  }
}

function memberOf(value: Json | undefined, key: PropertyKey): Json | undefined {
  if (Array.isArray(value)) return value[Number(key)];
  return isObject(value) && Object.hasOwn(value, key) ? value[String(key)] : undefined;
}

function report(
  issue: z.core.$ZodIssue,
  value: Json,
  schema: z.ZodType,
  node: YamlNode,
  check: SchemaCheck,
  problems: ProblemLog,
): void {
  const place = nearestNode(node, issue.path);
  if (issue.code === "unrecognized_keys") {
    const known = [...propertiesAt(jsonSchemaOf(schema), issue.path).keys()];
    if (issue.path.length === 0) known.push(...(check.known ?? []));
    for (const key of issue.keys) {
      const at = place.entries?.get(key)?.keyAt ?? place.at;
      const near = nearestName(key, known);
      const fix =
        near === undefined || place.entries?.has(near) ? undefined : problems.replacing(at, key, near);
      const home = issue.path.length === 0 ? check.elsewhere?.get(key) : undefined;
      const hint = home === undefined ? unknownKeyHint(key, known) : `it belongs into ${home}`;
      problems.error("unknown-key", at, `unknown key "${key}"`, hint, fix);
    }
    return;
  }
  const own = ownMessage(issue);
  const label = issue.path.length === 0 ? check.what : formatPath(issue.path.map(String));
  const found =
    memberAt(value, issue.path) ?? (nodeAt(node, issue.path) ?? spelledOtherwise(node, issue.path))?.value;
  const expected = describeExpected(issue, found);
  if (found === undefined && issue.path.length > 0) {
    const wanted = own ?? (expected === undefined ? undefined : `expected ${expected}`);
    problems.error(
      "missing-key",
      place.at,
      `${check.what}: "${label}" is missing${wanted === undefined ? "" : `, ${wanted}`}`,
    );
    return;
  }
  if (issue.code === "invalid_key") {
    const key = String(issue.path.at(-1));
    const at = nodeAt(node, issue.path.slice(0, -1))?.entries?.get(key)?.keyAt ?? place.at;
    problems.error("refused-key", at, `${label}: the key is refused: ${own ?? issue.message}`);
    return;
  }
  const message =
    own === undefined
      ? `found ${describeValue(found)}, expected ${expected ?? issue.message}`
      : issue.code === "custom"
        ? own
        : `${own} (found ${describeValue(found)})`;
  const hint = describeWayOut(issue, found, place.source);
  const fix = wayOutOf(issue, place, problems);
  problems.error(ruleOf(issue), place.at, `${label}: ${message}`, hint, fix);
}

/** Quotes around what YAML reads as a number, and the known word that was misspelt. */
function wayOutOf(
  issue: z.core.$ZodIssue,
  { value, at, source }: YamlNode,
  problems: ProblemLog,
): Fix | undefined {
  if (issue.code === "invalid_type" && issue.expected === "string" && source !== undefined && value !== null)
    return problems.replacing(at, source, `"${source}"`);
  if (issue.code !== "invalid_value" || typeof value !== "string") return undefined;
  const near = nearestName(value, issue.values.map(String));
  return near === undefined ? undefined : problems.replacing(at, value, near);
}

/** Another type, or a value that the type allows and the schema does not. */
function ruleOf({ code }: z.core.$ZodIssue): LoaderRule {
  return code === "invalid_type" || code === "invalid_union" ? "wrong-type" : "wrong-value";
}

function unknownKeyHint(key: string, known: readonly string[]): string | undefined {
  if (key === "<<") return "YAML 1.2 has no merge keys: write the keys out";
  return nameHint(key, known);
}

function memberAt(value: Json, path: readonly PropertyKey[]): Json | undefined {
  let at: Json | undefined = value;
  for (const key of path) at = memberOf(at, key);
  return at;
}

/** A schema may read a key under another name than the file writes (`operator` for `op`). */
function spelledOtherwise(node: YamlNode, path: readonly PropertyKey[]): YamlNode | undefined {
  const parent = nodeAt(node, path.slice(0, -1));
  const nearest = nearestNode(node, path);
  return nearest === parent ? undefined : nearest;
}
