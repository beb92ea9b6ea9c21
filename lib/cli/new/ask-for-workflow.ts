import input from "@inquirer/input";
import select from "@inquirer/select";
import { secretProblem } from "./new-workflow-names.ts";
import { templateLines } from "./new-workflow-text.ts";
import type { WorkflowTemplate } from "./workflow-template.ts";

/** A terminal's two directions. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** What somebody answered; what the command line gave already is not asked. */
export interface Answers {
  readonly name: string;
  readonly template: WorkflowTemplate;
  readonly description: string;
  readonly secrets: readonly string[];
}

/** What is known before anything is asked. */
export interface Known {
  readonly name?: string | undefined;
  readonly template?: WorkflowTemplate | undefined;
  readonly description?: string | undefined;
  /** What there is to choose from. */
  readonly templates: readonly WorkflowTemplate[];
  /** Why a name cannot be had, undefined when it can. */
  nameProblem(name: string): string | undefined;
}

/**
 * Asks for a new workflow step by step.
 * @throws Error named `ExitPromptError` on Ctrl-C.
 */
export async function askForWorkflow(known: Known, terminal: Terminal): Promise<Answers> {
  const name = known.name ?? (await askName(known, terminal));
  const template = known.template ?? (await askTemplate(known, terminal));
  const description =
    known.description ??
    (await input({ message: "What does it do?", default: template.description }, terminal));
  return { name, template, description, secrets: await askSecrets(template, terminal) };
}

async function askName({ nameProblem }: Known, terminal: Terminal): Promise<string> {
  const validate = (text: string) => nameProblem(text.trim()) ?? true;
  return (await input({ message: "Name of the workflow:", validate }, terminal)).trim();
}

function askTemplate({ templates }: Known, terminal: Terminal): Promise<WorkflowTemplate> {
  const lines = templateLines(templates);
  const choices = templates.map((value, index) => ({
    value,
    name: lines[index] ?? value.name,
    short: value.name,
  }));
  return select({ message: "What does it begin with?", choices, pageSize: choices.length }, terminal);
}

async function askSecrets(template: WorkflowTemplate, terminal: Terminal): Promise<readonly string[]> {
  const validate = (text: string) =>
    namesIn(text)
      .map(secretProblem)
      .find((problem) => problem !== undefined) ?? true;
  return namesIn(await input({ message: secretsQuestion(template), validate }, terminal));
}

function secretsQuestion({ environment }: WorkflowTemplate): string {
  const known = environment.filter(({ secret }) => secret).map(({ name }) => name);
  return `Secrets${known.length === 0 ? "" : ` beside ${known.join(", ")}`} (NAMES, empty for none):`;
}

function namesIn(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((name) => name !== "");
}
