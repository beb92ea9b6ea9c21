import { stringify } from "yaml";
import type { WorkflowTemplate } from "./workflow-template.ts";

/** What tells a new workflow from its template. */
export interface NewWorkflow {
  readonly name: string;
  readonly template: WorkflowTemplate;
  /** Absent: the template's. */
  readonly description?: string | undefined;
  /** Names of secrets beside those of the template. */
  readonly secrets: readonly string[];
  /** Of the first version, e.g. `2026-11-27`. */
  readonly date: string;
  /** Path of the schema for editors from the workflow's folder; absent where there is none. */
  readonly schema?: string | undefined;
}

/** The texts of a new workflow's files. */
export function fillTemplate({ name, template, description, secrets, date, schema }: NewWorkflow) {
  const known = template.environment.map((one) => one.name);
  const added = [...new Set(secrets)].filter((secret) => !known.includes(secret));
  const replaceLine = (text: string, pattern: RegExp, line: string) => text.replace(pattern, () => line);
  const head = replaceLine(
    template.workflow,
    /^# yaml-language-server: .*\n/,
    schema ? modeline(schema) : "",
  );
  const dated = head.replace(/^(# v\S+ - )\d{4}-\d\d-\d\d$/m, `$1${date}`);
  const named = replaceLine(dated, /^name: .*$/m, `name: ${name}`);
  const told =
    description === undefined
      ? named
      : replaceLine(named, /^description: .*$/m, `description: ${scalar(description)}`);
  return {
    workflow: withEnvironment(
      told,
      added.map((secret) => `  - { name: ${secret}, secret: true }\n`),
      { after: /^environment:\n/m, before: /^input:\n/m, heading: "environment:\n" },
    ),
    test: withEnvironment(
      template.test.replaceAll("workflow.event.json", `${name}.event.json`),
      added.map((secret) => `    ${secret}: test-${secret.toLowerCase().replaceAll("_", "-")}\n`),
      { after: /^ {2}environment:\n/m, before: /^ {2}event_file:/m, heading: "  environment:\n" },
    ),
    event: template.event,
  };
}

function modeline(schema: string): string {
  return `# yaml-language-server: $schema=${schema}\n`;
}

function scalar(text: string): string {
  return stringify(text, { lineWidth: 0, blockQuote: false }).trimEnd();
}

/** Puts lines at the head of a block, or the block before another where there is none. */
function withEnvironment(
  text: string,
  lines: readonly string[],
  { after, before, heading }: { readonly after: RegExp; readonly before: RegExp; readonly heading: string },
): string {
  if (lines.length === 0) return text;
  return after.test(text)
    ? text.replace(after, (found) => found + lines.join(""))
    : text.replace(before, (found) => heading + lines.join("") + found);
}
