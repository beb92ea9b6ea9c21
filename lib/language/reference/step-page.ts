import type { JsonObject } from "../../core/json.ts";
import type { AnyStep } from "../../core/step.ts";
import { asObject, jsonSchemaOf, parametersOf } from "../json-schema.ts";
import { defaultText, isEmpty } from "../schema/described.ts";
import { withNestedSteps } from "../schema/nested-steps.ts";
import { markdownTable } from "./markdown-table.ts";
import type { StepNotes } from "./step-notes.ts";
import { typeText } from "./type-text.ts";

/** The Markdown page of a step type. `example`: the text of a whole workflow file. */
export function stepPage(step: AnyStep, example: string, { writes, errors, notes }: StepNotes): string {
  const parameters = parameterRows(step);
  return `${[
    "<!-- npm run reference writes this page -->",
    `# ${step.type}`,
    `${step.summary}.`,
    `\`\`\`yaml\n${example.trim()}\n\`\`\``,
    "## Parameters",
    ...(parameters.length === 0
      ? ["None of its own."]
      : [markdownTable(["parameter", "type", "default", "meaning"], parameters)]),
    "Beside them it takes [the keys that every step has](README.md#keys-that-every-step-has).",
    "## In a run",
    markdownTable(["", ""], traitRows(step)),
    "## What it writes",
    writes,
    ...(Object.keys(errors).length === 0
      ? []
      : [
          "## Errors",
          markdownTable(
            ["class", "when"],
            Object.entries(errors).map(([name, when]) => [`\`${name}\``, when]),
          ),
        ]),
    ...(notes.length === 0 ? [] : ["## Notes", notes.map((note) => `* ${note}`).join("\n")]),
  ].join("\n\n")}\n`;
}

function parameterRows(step: AnyStep): readonly (readonly string[])[] {
  const { required } = jsonSchemaOf(step.schema);
  const own: JsonObject = { type: "object", properties: Object.fromEntries(parametersOf(step.schema)) };
  const { properties } = withNestedSteps(own, step.nested);
  return Object.entries(asObject(properties)).map(([name, schema]) => {
    const described = asObject(schema);
    const needed = Array.isArray(required) && required.includes(name);
    const fallback = step.templates?.[name] ?? described.default;
    const given = fallback === undefined || isEmpty(fallback) ? "–" : `\`${defaultText(fallback)}\``;
    const nested = step.nested?.some(
      ({ at, required: must, or }) => at.length === 1 && must && !or && at[0] === name,
    );
    return [
      `\`${name}\``,
      typeText(described),
      (needed && fallback === undefined) || nested ? "required" : given,
      `${described.description ?? (described.$ref ? "Steps that run in order" : "")}`,
    ];
  });
}

function traitRows(step: AnyStep): readonly (readonly string[])[] {
  const { defaultOutput, timeoutSeconds, environment = [], inputRequired } = step;
  const names = environment.map(({ name, secret }) => `\`${name}\`${secret ? " (secret)" : ""}`);
  return [
    [
      "default of `output_to`",
      defaultOutput === null ? "none: nothing is written without it" : `\`${defaultOutput}\``,
    ],
    ...(inputRequired ? [["`input_from`", "required"]] : []),
    ["default of `timeout`", timeoutSeconds === null ? "none" : `${timeoutSeconds} seconds for one attempt`],
    [
      "effect outside",
      step.effect
        ? "yes: it is stored before the next effect begins, and the file's `defaults` are for it"
        : "no: the file's `defaults` are not for it",
    ],
    ...(step.repeatable
      ? []
      : [["repeated", "could give another result: this one is stored before the next effect begins"]]),
    ...(names.length === 0 ? [] : [["reads by default", names.join(", ")]]),
  ];
}
