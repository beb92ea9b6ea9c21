import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { RunView } from "../../lib/app/describe-run.ts";
import { type Condition, conditionsHold, OPERATORS } from "../../lib/core/condition.ts";
import { ERROR_CLASSES } from "../../lib/core/flow-error.ts";
import { isObject, type Json, type JsonObject } from "../../lib/core/json.ts";
import { parsePath, readPath } from "../../lib/core/path.ts";
import { READ_ONLY_NAMES } from "../../lib/core/reserved-names.ts";
import type { AnyStep } from "../../lib/core/step.ts";
import { jsonSchemaOf, parametersOf } from "../../lib/language/json-schema.ts";
import { stepKeys } from "../../lib/language/step-keys.ts";
import { stepTypes } from "../../lib/steps/registry.ts";
import { type Example, workflowText } from "./example.ts";

/** An example and what came of it. */
export interface Shown {
  readonly example: Example;
  readonly view: RunView;
}

/** Steps that cannot fail: whatever they are given, they have something to write, or nothing to do. */
const CANNOT_FAIL = ["print", "add_timestamp", "add_uuid", "stop"];

/** Classes that no single run in one process can show, and the test that does. */
const SHOWN_ELSEWHERE: { readonly [errorClass: string]: string } = {
  cancelled: "test/cli/run.test.ts",
  internal: "test/faults/poison.test.ts",
};

/** Classes that nothing gives yet. */
const RESERVED_CLASSES = ["budget_exceeded"];

/** What the language has and no example shows, in words; empty when all is shown. */
export function unshown(all: readonly Shown[]): readonly string[] {
  const steps = all.flatMap(({ example }) => stepsOf(example));
  return [
    ...unshownSteps(all),
    ...[...stepTypes.values()].flatMap((definition) => unshownParameters(definition, steps)),
    ...unshownKeys(steps),
    ...unshownOperators(all),
    ...unshownClasses(all),
    ...unshownPolicies(all),
    ...unshownTemplates(all),
  ];
}

function unshownSteps(all: readonly Shown[]): string[] {
  const ends = all.flatMap(({ view }) => view.steps);
  const ended = (type: string, ...statuses: string[]) =>
    ends.some((step) => step.type === type && statuses.includes(step.status));
  return [...stepTypes.keys()].flatMap((type) => [
    ...(type === "fail" || ended(type, "ok", "stopped", "dropped") ? [] : [`${type}: that it ends well`]),
    ...(CANNOT_FAIL.includes(type) || ended(type, "failed") ? [] : [`${type}: that it fails`]),
  ]);
}

function unshownParameters({ type, schema, blocks }: AnyStep, steps: readonly JsonObject[]): string[] {
  const own = steps.filter((step) => step.type === type);
  const heads = (blocks?.({}) ?? []).map(({ at: [head] }) => String(head));
  return [
    ...[...parametersOf(schema)].flatMap(([name, property]) =>
      unshownValues(`${type}.${name}`, name, property, own),
    ),
    ...heads
      .filter((name) => !own.some((step) => Object.hasOwn(step, name)))
      .map((name) => `${type}.${name}`),
  ];
}

function unshownKeys(steps: readonly JsonObject[]): string[] {
  return Object.entries(jsonSchemaOf(stepKeys).properties ?? {}).flatMap(([name, property]) =>
    isObject(property) ? unshownValues(`the common key ${name}`, name, property, steps) : [],
  );
}

/** A key stands somewhere, with each word that it may be, and each truth value that is not its default. */
function unshownValues(
  what: string,
  name: string,
  property: JsonObject,
  steps: readonly JsonObject[],
): string[] {
  const given = steps.filter((step) => Object.hasOwn(step, name)).map((step) => sameCase(step[name]));
  if (given.length === 0) return [what];
  const words = Array.isArray(property.enum) ? property.enum : [];
  const truths = property.type === "boolean" && property.default !== undefined ? [!property.default] : [];
  return [...words, ...truths]
    .filter((value) => sameCase(value) !== sameCase(property.default) && !given.includes(sameCase(value)))
    .map((value) => `${what}: ${value}`);
}

const sameCase = (value: Json | undefined) => (typeof value === "string" ? value.toLowerCase() : value);

function unshownOperators(all: readonly Shown[]): string[] {
  const verdicts = new Set<string>();
  const texts = new Set<string>();
  for (const { example } of all) {
    const event = example.given.event ?? {};
    for (const condition of stepsOf(example).flatMap((step) => objectsIn(step))) {
      for (const key of ["operator", "all", "any", "not"]) if (Object.hasOwn(condition, key)) texts.add(key);
      const op = condition.op ?? condition.operator;
      if (typeof condition.field !== "string" || typeof op !== "string") continue;
      const holds = conditionsHold([{ ...condition, op } as unknown as Condition], {
        read: (field) => readPath(event, parsePath(field)),
        render: (value) => value,
      });
      verdicts.add(`${op} ${holds}`);
    }
  }
  const wanted = OPERATORS.flatMap((op) => [
    [`${op} true`, `that ${op} holds`],
    [`${op} false`, `that ${op} does not hold`],
  ]);
  return [
    ...wanted.flatMap(([verdict = "", words = ""]) => (verdicts.has(verdict) ? [] : [words])),
    ...["operator", "all", "any", "not"]
      .filter((key) => !texts.has(key))
      .map((key) => `a condition with ${key}`),
  ];
}

function unshownClasses(all: readonly Shown[]): string[] {
  const met = new Set(
    all.flatMap(({ view }) => [view.error?.class, ...view.steps.map(({ error }) => error?.class)]),
  );
  return ERROR_CLASSES.filter((errorClass) => {
    const elsewhere = SHOWN_ELSEWHERE[errorClass];
    if (elsewhere === undefined) return !met.has(errorClass) && !RESERVED_CLASSES.includes(errorClass);
    return !readFileSync(new URL(`../../${elsewhere}`, import.meta.url), "utf8").includes(`"${errorClass}"`);
  }).map((errorClass) => `the error class ${errorClass}`);
}

/** The rows of "when a step has failed for good", by what the step says. */
const POLICIES: { readonly [row: string]: (step: JsonObject) => boolean } = {
  "nothing is said": (step) =>
    !["drop_on_failure", "swallow_on_error", "retry_propagate"].some((key) => Object.hasOwn(step, key)),
  "drop_on_failure: true": (step) => step.drop_on_failure === true,
  "drop_on_failure: false": (step) => step.drop_on_failure === false && step.type !== "filter",
  "swallow_on_error: true": (step) => step.swallow_on_error === true && step.raw_on_error !== true,
  "swallow_on_error and raw_on_error": (step) => step.swallow_on_error === true && step.raw_on_error === true,
  "retry_propagate: false": (step) => step.retry_propagate === false,
};

function unshownPolicies(all: readonly Shown[]): string[] {
  const failed = all.flatMap(({ example, view }) => {
    const types = new Set(view.steps.filter(({ status }) => status === "failed").map(({ type }) => type));
    return stepsOf(example).filter(({ type }) => types.has(String(type)));
  });
  return Object.entries(POLICIES).flatMap(([row, says]) =>
    failed.some(says) ? [] : [`a failed step of which ${row}`],
  );
}

const TEMPLATES: { readonly [form: string]: RegExp } = {
  "a value that is one placeholder": /^\$\{[\w.]+\}$/,
  "a placeholder inside text": /\S \$\{[\w.]+\}|\$\{[\w.]+\} \S/,
  "a path with a default": /(?<!\$)\$\{(?!env:)[^}]*, [^}]*\}/,
  "the environment": /\$\{env:\w+\}/,
  "the environment with a default": /\$\{env:\w+, [^}]*\}/,
  "a literal ${": /\$\$\{/,
  "a path a.0.b": /\$\{\w+\.\d+\.\w+\}/,
  "a path a[0].b": /\$\{\w+\[\d+\]\.\w+\}/,
  'a path a["odd key"].b': /\$\{\w+\["[^"]+"\]/,
};

function unshownTemplates(all: readonly Shown[]): string[] {
  const texts = all.flatMap(({ example }) => textsIn(fileOf(example)));
  const forms = Object.entries(TEMPLATES).filter(([, form]) => !texts.some((text) => form.test(text)));
  const names = ["state", ...READ_ONLY_NAMES].filter(
    (name) => !texts.some((text) => new RegExp(`\\$\\{${name}[.,}[]|^${name}(\\.|$)`).test(text)),
  );
  return [
    ...forms.map(([form]) => `in templates, ${form}`),
    ...names.map((name) => `reading the reserved name ${name}`),
  ];
}

function fileOf({ given }: Example): JsonObject {
  const file = parse(workflowText(given));
  return { ...(file.workflow ?? file), ...(given.workflows && { others: Object.values(given.workflows) }) };
}

function stepsOf(example: Example): readonly JsonObject[] {
  const { steps = [], on_failure = [], others = [], defaults = {} } = fileOf(example);
  const shared = isObject(defaults) ? [{ ...defaults }] : [];
  return [
    ...objectsIn([steps, on_failure, others]).filter(({ type }) => stepTypes.has(String(type))),
    ...shared,
  ];
}

function objectsIn(value: Json): readonly JsonObject[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  return isObject(value) ? [value, ...Object.values(value).flatMap(objectsIn)] : [];
}

function textsIn(value: Json): readonly string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isObject(value) ? Object.values(value).flatMap(textsIn) : [];
}
