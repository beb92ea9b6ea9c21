import type { Workflow } from "../../core/workflow.ts";
import { presets } from "../../webhooks/presets.ts";
import { columns } from "../columns.ts";
import type { Paint } from "../run-text.ts";

/** What is to be set at the service that calls a workflow, and here; nothing without a preset. */
export function serviceText({ name, input }: Workflow, paint: Paint): string {
  const preset =
    input.type === "http_webhook" && input.preset !== undefined ? presets.get(input.preset) : undefined;
  if (!preset) return "";
  const rows = columns([
    ["    URL", `what "hookline url ${name}" prints, with --stage for that of a stage`],
    [`    ${preset.secretName}`, preset.secretHint],
    ["    try it", `hookline send ${preset.name} --workflow ${name}`],
  ]);
  return `  ${paint("bold", `at ${preset.title}`)}  ${paint("dim", preset.docs)}\n${rows.map((row) => `${row}\n`).join("")}`;
}
