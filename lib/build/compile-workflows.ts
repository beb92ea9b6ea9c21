import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { FlowError } from "../core/flow-error.ts";
import type { Workflow } from "../core/workflow.ts";
import { codeFrame } from "../language/code-frame.ts";
import { loadWorkflow } from "../language/load-workflow.ts";
import type { Problem } from "../language/problem.ts";
import { unknownWorkflows } from "../language/unknown-workflows.ts";
import { filesBeside } from "./files-beside.ts";
import { readWorkflowFile } from "./read-workflow-file.ts";

/** What a folder of workflow files holds. */
export interface CompiledWorkflows {
  /** By name of the file; files with an error are left out. */
  readonly workflows: readonly Workflow[];
  readonly problems: readonly Problem[];
}

/**
 * Loads every `*.yaml` and `*.yml` of a folder except `*.test.yaml`; two files of one name are an error of the second, a step
 * that runs a workflow of which there is no file a warning.
 * @throws FlowError `config_error` when the folder cannot be read.
 */
export async function compileWorkflows(dir: string): Promise<CompiledWorkflows> {
  const files = (await namesIn(dir)).filter(isWorkflowFile).sort();
  const workflows = new Map<string, Workflow>();
  const texts = new Map<Workflow, string>();
  const problems: Problem[] = [];
  for (const file of files) {
    const path = join(dir, file);
    const read = readWorkflowFile(path);
    if ("problem" in read) {
      problems.push(read.problem);
      continue;
    }
    const { text } = read;
    const loaded = loadWorkflow(text, path, undefined, filesBeside(path));
    problems.push(...loaded.problems);
    if (!loaded.workflow) continue;
    const { name } = loaded.workflow;
    const namesake = workflows.get(name);
    if (namesake) problems.push(nameTaken(name, text, path, namesake.file));
    else {
      workflows.set(name, loaded.workflow);
      texts.set(loaded.workflow, text);
    }
  }
  const known = [...workflows.keys()];
  for (const [workflow, text] of texts) problems.push(...unknownWorkflows(workflow, text, known));
  return { workflows: [...workflows.values()], problems };
}

async function namesIn(dir: string): Promise<readonly string[]> {
  try {
    return await readdir(dir);
  } catch (cause) {
    throw new FlowError(
      "config_error",
      `there is no folder ${dir} here: call this in the project's folder, where the workflows are`,
      { cause },
    );
  }
}

/** True for the name of a file that holds a workflow; `*.test.yaml` holds tests, and editors keep hidden files. */
export function isWorkflowFile(name: string): boolean {
  return /^[^.].*\.ya?ml$/.test(name) && !isTestFile(name);
}

/** True for the name of a file that holds tests of a workflow. */
export function isTestFile(name: string): boolean {
  return /^[^.].*\.test\.ya?ml$/.test(name);
}

/** The problem of a second file whose workflow has the name of the first. */
export function nameTaken(name: string, text: string, file: string, other: string): Problem {
  const lines = text.split("\n");
  const at = lines.findIndex((line) => /^\s*name:/.test(line));
  const line = at + 1 || 1;
  const column = at < 0 ? 1 : (lines[at]?.indexOf("name:") ?? 0) + 1;
  return {
    id: "duplicate-name",
    severity: "error",
    file,
    line,
    column,
    message: `${other} is a workflow of the name "${name}" already: give each file a name of its own`,
    frame: codeFrame(lines, line, column),
  };
}
