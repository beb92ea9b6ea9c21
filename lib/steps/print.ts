import * as z from "zod";
import { defineStep } from "../core/step.ts";
import { textOf } from "../core/template.ts";
import { templatedText, textProblems } from "./text-parameter.ts";

const TEXTS = ["text", "message", "template"] as const;

const schema = z.strictObject({
  text: templatedText.optional().describe("The line; without text and fields, the step's input as JSON"),
  message: templatedText.optional().describe("Another spelling of `text`"),
  template: templatedText.optional().describe("Another spelling of `text`"),
  prefix: templatedText.optional().describe("Stands before the text"),
  fields: z.array(z.string()).optional().describe("Paths whose values the line carries"),
  level: z.enum(["debug", "info", "warn", "error"]).default("info").describe("How important the line is"),
});

/** Writes one line to the log and to the step's record. */
export const print = defineStep({
  type: "print",
  summary: "Write a line to the log and the run's record",
  effect: false,
  repeatable: true,
  defaultOutput: null,
  timeoutSeconds: null,
  schema,
  facts: {
    shape: () => null,
    usesInput: (raw) => ![...TEXTS, "fields"].some((name) => name in raw),
    told: [...TEXTS, "prefix"],
  },
  paths: ["fields"],
  check: (raw) => [
    ...textProblems(raw, [...TEXTS, "prefix"]),
    ...TEXTS.filter((name) => name in raw)
      .slice(1)
      .map((name) => ({
        at: [name],
        message: "another spelling of text, which is there already: keep one of them",
      })),
  ],
  run({ text, message, template, prefix = "", fields, level }, context) {
    const said = text ?? message ?? template ?? (fields ? "" : textOf(context.input));
    context.log({
      level,
      message: [prefix.trimEnd(), said].filter((part) => part !== "").join(" "),
      ...(fields && {
        fields: Object.fromEntries(fields.map((field) => [field, context.read(field) ?? null])),
      }),
    });
    return { kind: "next" };
  },
});
