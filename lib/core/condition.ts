import { RE2JS } from "re2js";
import * as z from "zod";
import { FlowError } from "./flow-error.ts";
import {
  compareNumbers,
  isExactNumber,
  isNumeric,
  isObject,
  type Json,
  jsonEquals,
  parseJson,
} from "./json.ts";
import { parsePath } from "./path.ts";
import { anyJson } from "./schema.ts";

/** Every operator of a condition, language.md section 6. */
export const OPERATORS = [
  "eq",
  "ne",
  "gt",
  "gte",
  "lt",
  "lte",
  "in",
  "not_in",
  "contains",
  "not_contains",
  "startswith",
  "endswith",
  "matches",
  "exists",
  "not_exists",
  "empty",
  "not_empty",
] as const;
/** One of {@link OPERATORS}. */
export type Operator = (typeof OPERATORS)[number];

/** A comparison of one field, or a combination of conditions. */
export type Condition =
  | { readonly field: string; readonly op: Operator; readonly value?: Json }
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition };

const comparison = z.strictObject({
  field: z.string().min(1),
  op: z.enum(OPERATORS),
  value: anyJson.optional(),
});

/** `operator` is another spelling of `op`. */
function withOneSpelling(raw: unknown): unknown {
  if (typeof raw !== "object" || raw === null || !("operator" in raw) || "op" in raw) return raw;
  const { operator, ...rest } = raw;
  return { ...rest, op: operator };
}

/** The schema of a condition as it stands in a file. */
export const conditionSchema: z.ZodType<Condition> = z
  .lazy(() =>
    z.preprocess(
      withOneSpelling,
      z.union([
        comparison,
        z.strictObject({ all: z.array(conditionSchema) }),
        z.strictObject({ any: z.array(conditionSchema) }),
        z.strictObject({ not: conditionSchema }),
      ]),
    ),
  )
  .meta({ id: "condition" }) as z.ZodType<Condition>;

/** How conditions read the state and their own templated values. */
export interface ConditionContext {
  read(field: string): Json | undefined;
  render(value: Json): Json;
}

/** Whether all (or, with `any`, at least one) of the conditions hold. No conditions: all hold, none does for `any`. */
export function conditionsHold(
  conditions: readonly Condition[],
  context: ConditionContext,
  match: "all" | "any" = "all",
): boolean {
  return match === "all"
    ? conditions.every((one) => holds(one, context))
    : conditions.some((one) => holds(one, context));
}

function holds(condition: Condition, context: ConditionContext): boolean {
  if ("all" in condition) return conditionsHold(condition.all, context);
  if ("any" in condition) return conditionsHold(condition.any, context, "any");
  if ("not" in condition) return !holds(condition.not, context);
  const value = condition.value === undefined ? undefined : context.render(condition.value);
  return COMPARE[condition.op](context.read(condition.field), value);
}

type Comparison = (field: Json | undefined, value: Json | undefined) => boolean;

const ordered =
  (accept: (sign: number) => boolean): Comparison =>
  (field, value) => {
    const sign = order(field, value);
    return sign !== undefined && accept(sign);
  };
const exists: Comparison = (field, value) => (field !== undefined && field !== null) !== (value === false);
const isIn: Comparison = (field, value) =>
  Array.isArray(value) && value.some((item) => jsonEquals(item, field));
const equals: Comparison = (field, value) => field !== undefined && jsonEquals(field, value ?? null);

const COMPARE: Record<Operator, Comparison> = {
  eq: equals,
  ne: (field, value) => !equals(field, value),
  gt: ordered((sign) => sign > 0),
  gte: ordered((sign) => sign >= 0),
  lt: ordered((sign) => sign < 0),
  lte: ordered((sign) => sign <= 0),
  in: isIn,
  not_in: (field, value) => Array.isArray(value) && !isIn(field, value),
  contains,
  not_contains: (field, value) => !contains(field, value),
  startswith: (field, value) =>
    typeof field === "string" && typeof value === "string" && field.startsWith(value),
  endswith: (field, value) => typeof field === "string" && typeof value === "string" && field.endsWith(value),
  matches: (field, value) =>
    typeof field === "string" && typeof value === "string" && compilePattern(value).matcher(field).find(),
  exists,
  not_exists: (field) => !exists(field, undefined),
  empty: isEmpty,
  not_empty: (field) => !isEmpty(field),
};

function contains(field: Json | undefined, value: Json | undefined): boolean {
  if (typeof field === "string") return typeof value === "string" && field.includes(value);
  if (Array.isArray(field)) return field.some((item) => jsonEquals(item, value));
  return isObject(field) && typeof value === "string" && Object.hasOwn(field, value);
}

function isEmpty(field: Json | undefined): boolean {
  if (field === undefined || field === null || field === "") return true;
  if (Array.isArray(field)) return field.length === 0;
  return isObject(field) && Object.keys(field).length === 0;
}

/** Numbers, and text that is a number, compare as numbers; two other strings by code point; the rest not at all. */
function order(field: Json | undefined, value: Json | undefined): number | undefined {
  const [left, right] = [asNumber(field), asNumber(value)];
  if (left !== undefined && right !== undefined) return compareNumbers(left, right);
  if (typeof field === "string" && typeof value === "string") return compareCodePoints(field, value);
  return undefined;
}

function asNumber(value: Json | undefined) {
  if (isNumeric(value)) return value;
  if (typeof value !== "string" || !/^\s*-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?\s*$/.test(value))
    return undefined;
  const number = parseJson(value);
  return typeof number === "number" || isExactNumber(number) ? number : undefined;
}

/** UTF-16 order differs from code point order above U+D7FF, so the first differing code points decide. */
function compareCodePoints(left: string, right: string): number {
  const a = left[Symbol.iterator]();
  for (const char of right) {
    const other = a.next();
    if (other.done) return -1;
    if (other.value !== char) return (other.value.codePointAt(0) as number) - (char.codePointAt(0) as number);
  }
  return a.next().done ? 0 : 1;
}

const patterns = new Map<string, RE2JS>();

/**
 * Compiles a pattern of RE2 syntax, which runs in time linear in the text.
 * @throws FlowError `invalid_input` for a pattern RE2 does not know (look-around, back references).
 */
export function compilePattern(pattern: string): RE2JS {
  const known = patterns.get(pattern);
  if (known) return known;
  try {
    const compiled = RE2JS.compile(pattern);
    if (patterns.size < 1_000) patterns.set(pattern, compiled);
    return compiled;
  } catch (cause) {
    throw new FlowError(
      "invalid_input",
      `"${pattern}" is not a pattern that runs in linear time (RE2 syntax: no look-around, no back references)`,
      { cause },
    );
  }
}

/** Every field a list of conditions reads, and every value it compares with. */
export function* comparisonsIn(
  conditions: readonly Condition[],
): Generator<{ field: string; op: Operator; value?: Json }> {
  for (const condition of conditions) {
    if ("all" in condition) yield* comparisonsIn(condition.all);
    else if ("any" in condition) yield* comparisonsIn(condition.any);
    else if ("not" in condition) yield* comparisonsIn([condition.not]);
    else yield condition;
  }
}

/**
 * Checks what a schema cannot: that fields are paths and literal patterns compile.
 * @throws FlowError `config_error` or `invalid_input` saying what is wrong.
 */
export function checkComparison({ field, op, value }: { field: string; op: Operator; value?: Json }): void {
  parsePath(field);
  if (op === "matches" && typeof value === "string" && !value.includes("${")) compilePattern(value);
}
