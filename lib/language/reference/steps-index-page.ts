import { OPERATORS } from "../../core/condition.ts";
import { ERROR_CLASSES, heals } from "../../core/flow-error.ts";
import type { AnyStep } from "../../core/step.ts";
import { asObject, jsonSchemaOf } from "../json-schema.ts";
import { defaultText } from "../schema/described.ts";
import { OPERATOR_MEANINGS } from "../schema/operators.ts";
import { stepKeys } from "../step-keys.ts";
import { ERROR_MEANINGS } from "./error-meanings.ts";
import { markdownTable } from "./markdown-table.ts";
import { stepTable } from "./step-table.ts";
import { typeText } from "./type-text.ts";

/** The Markdown page that leads to those of the step types, and tells what all steps have in common. */
export function stepsIndexPage(types: ReadonlyMap<string, AnyStep>): string {
  return `${[
    "<!-- npm run reference writes this page -->",
    "# Steps",
    stepTable(types, ""),
    "## Keys that every step has",
    markdownTable(["key", "type", "default", "meaning"], keyRows()),
    "## When a step has failed for good",
    "That is: its retries are used up, or the error's class is not in `retry_on`.",
    markdownTable(["the step says", "what happens"], FAILURE_POLICIES),
    "`error` is one sentence; `error_details` is `{ class, message, status, attempts, body }`.",
    "## Error classes",
    "Classes that can heal are worth another attempt of the whole run, through the queue.",
    markdownTable(
      ["class", "can heal", "meaning"],
      ERROR_CLASSES.map((name) => [`\`${name}\``, heals(name) ? "yes" : "no", ERROR_MEANINGS[name]]),
    ),
    "## Conditions",
    "`{ field, op, value }`, where `operator` is another spelling of `op`; `{ all: […] }`, `{ any: […] }` and `{ not: … }` combine them.",
    markdownTable(
      ["op", "holds when"],
      OPERATORS.map((name) => [`\`${name}\``, OPERATOR_MEANINGS[name]]),
    ),
  ].join("\n\n")}\n`;
}

/** language.md section 4. */
const FAILURE_POLICIES: readonly (readonly [says: string, happens: string])[] = [
  [
    "nothing",
    "the run's attempt fails: it comes back from the queue and resumes here, or is `failed` for good",
  ],
  ["`drop_on_failure: true`", "the run ends as `dropped`, with the reason"],
  ["`drop_on_failure: false`", "the run goes on; `<output_to>` becomes `{ error, error_details }`"],
  ["`swallow_on_error: true`", "the run goes on; `<output_to>` is null"],
  [
    "`swallow_on_error: true` and `raw_on_error: true`",
    "the run goes on; `<output_to>` becomes `{ error, error_details }`",
  ],
];

function keyRows(): readonly (readonly string[])[] {
  const { properties } = jsonSchemaOf(stepKeys);
  return Object.entries(asObject(properties)).map(([name, schema]) => {
    const key = asObject(schema);
    const given = key.default === undefined ? OTHER_DEFAULTS[name] : `\`${defaultText(key.default)}\``;
    return [`\`${name}\``, typeText(key), given ?? "–", `${key.description ?? ""}`];
  });
}

const OTHER_DEFAULTS: { readonly [key: string]: string } = {
  type: "required",
  id: "`<type>_<n>`",
  output_to: "per step",
  timeout: "per step",
};
