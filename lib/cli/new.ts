import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { systemClock } from "../adapters/system-clock.ts";
import { FlowError } from "../core/flow-error.ts";
import { nameHint } from "../language/nearest-name.ts";
import { EXIT } from "./exit.ts";
import { type Answers, askForWorkflow, type Terminal } from "./new/ask-for-workflow.ts";
import { fillTemplate } from "./new/fill-template.ts";
import { nameProblem, secretProblem } from "./new/new-workflow-names.ts";
import { madeView, nextSteps, templateLines } from "./new/new-workflow-text.ts";
import { readTemplates, type WorkflowTemplate } from "./new/workflow-template.ts";
import { takenProblem, writeNewFiles } from "./new/write-new-files.ts";

/** Options of `new`. */
export interface NewOptions {
  readonly from?: string;
  readonly description?: string;
  readonly secret?: readonly string[];
  readonly workflows: string;
  readonly list?: boolean;
  readonly json?: boolean;
}

const SCHEMA = "docs/workflow.schema.json";

/**
 * Makes a workflow, its tests and an event from a template; asks for what is missing where `terminal` can be asked.
 * @throws FlowError `invalid_input` for names that are none, an unknown template, and files that are there already.
 */
export async function newWorkflow(
  name: string | undefined,
  options: NewOptions,
  terminal: Terminal | undefined,
): Promise<number> {
  const templates = readTemplates();
  if (options.list) {
    process.stdout.write(
      `${options.json ? JSON.stringify(templates.map(templateView)) : templateLines(templates).join("\n")}\n`,
    );
    return EXIT.ok;
  }
  checkGiven(name, options);
  const answers = await answersFrom(name, options, templates, terminal);
  if (!answers) return EXIT.interrupted;
  const { workflow, test, event } = fillTemplate({
    ...answers,
    date: new Date(systemClock.now()).toISOString().slice(0, 10),
    ...(existsSync(SCHEMA) && { schema: relative(options.workflows, SCHEMA).replaceAll("\\", "/") }),
  });
  const paths = pathsOf(answers.name, options);
  writeNewFiles(new Map([workflow, test, event].map((text, index) => [paths[index] as string, text])));
  const made = { ...answers, files: paths };
  process.stdout.write(`${options.json ? JSON.stringify(madeView(made)) : nextSteps(made)}\n`);
  return EXIT.ok;
}

function pathsOf(name: string, { workflows }: NewOptions): readonly string[] {
  return ["yaml", "test.yaml", "event.json"].map((ending) => join(workflows, `${name}.${ending}`));
}

function checkGiven(name: string | undefined, options: NewOptions): void {
  const spelling = name === undefined ? undefined : nameProblem(name);
  if (spelling !== undefined)
    throw new FlowError("invalid_input", `"${name}" is no name of a workflow: ${spelling}`);
  const taken = name === undefined ? undefined : takenProblem(pathsOf(name, options));
  if (taken !== undefined) throw new FlowError("invalid_input", taken);
  const secret = options.secret?.map(secretProblem).find((one) => one !== undefined);
  if (secret !== undefined) throw new FlowError("invalid_input", `--secret: ${secret}`);
}

/** Undefined when whoever was asked gave up. */
async function answersFrom(
  name: string | undefined,
  options: NewOptions,
  templates: readonly WorkflowTemplate[],
  terminal: Terminal | undefined,
): Promise<Answers | undefined> {
  const { from, description, secret: secrets = [] } = options;
  const chosen = from === undefined ? undefined : templateNamed(from, templates);
  const template = chosen ?? (terminal ? undefined : templates[0]);
  if (name !== undefined && template)
    return { name, template, description: description ?? template.description, secrets };
  if (!terminal) {
    throw new FlowError(
      "invalid_input",
      "a name is missing: hookline new NAME --from TEMPLATE; --list shows the templates",
    );
  }
  const known = {
    name,
    template,
    description,
    templates,
    nameProblem: (text: string) => nameProblem(text) ?? takenProblem(pathsOf(text, options)),
  };
  try {
    const answers = await askForWorkflow(known, terminal);
    return { ...answers, secrets: [...secrets, ...answers.secrets] };
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "ExitPromptError") throw error;
    terminal.output.write("Nothing was written.\n");
    return undefined;
  }
}

function templateNamed(name: string, templates: readonly WorkflowTemplate[]): WorkflowTemplate {
  const found = templates.find((one) => one.name === name);
  if (found) return found;
  const hint = nameHint(
    name,
    templates.map((one) => one.name),
  );
  throw new FlowError("invalid_input", `there is no template "${name}"${hint ? `; ${hint}` : ""}`);
}

function templateView({ name, description, input, environment }: WorkflowTemplate) {
  return {
    name,
    description,
    input,
    environment: environment.map((one) => ({ name: one.name, secret: one.secret })),
  };
}
