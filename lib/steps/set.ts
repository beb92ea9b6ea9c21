import * as z from "zod";
import { isObject } from "../core/json.ts";
import { jsonMapping } from "../core/schema.ts";
import { defineStep } from "../core/step.ts";

const schema = z.strictObject({
  values: jsonMapping.describe("Values or templates by the paths they are written to, in order"),
});

/** Writes values to the state, each of which may use those before it. */
export const set = defineStep({
  type: "set",
  summary: "Write values to the state",
  effect: false,
  repeatable: true,
  defaultOutput: null,
  timeoutSeconds: null,
  schema,
  facts: { shape: () => null },
  assignments: ["values"],
  check: ({ values }) => {
    if (typeof values === "string")
      return [{ at: ["values"], message: "found text, expected a mapping of paths to values" }];
    if (!isObject(values)) return [];
    // Whole numbers come first in every mapping of JSON, whatever the order of the file.
    const numbers = Object.keys(values).filter((path) => /^\d+$/.test(path));
    return numbers.map((path) => ({
      at: ["values", path],
      message: `a path that is a number would not be written in the order of the file: write state.${path}`,
    }));
  },
  run: ({ values }, context) => ({ kind: "next", also: context.renderAssignments(values) }),
});
