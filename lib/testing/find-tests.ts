import { readdirSync, statSync } from "node:fs";
import { basename, dirname, join, normalize } from "node:path";
import { isTestFile, isWorkflowFile } from "../build/compile-workflows.ts";
import { whyUnreadable } from "../build/why-unreadable.ts";
import { FlowError } from "../core/flow-error.ts";

/** What a command's arguments stand for. */
export interface FoundTests {
  readonly testFiles: readonly string[];
  /** Workflow files that coverage counts although no test may name them. */
  readonly workflowFiles: readonly string[];
}

/**
 * Finds tests: an argument is a test file, a workflow file (the tests beside it) or a folder (all in it).
 * @throws FlowError `invalid_input` for an argument that is none of these, or has no tests.
 */
export function findTests(args: readonly string[]): FoundTests {
  const found = args.map((path) => findOne(normalize(path)));
  return {
    testFiles: [...new Set(found.flatMap(({ testFiles }) => testFiles))],
    workflowFiles: [...new Set(found.flatMap(({ workflowFiles }) => workflowFiles))],
  };
}

function findOne(path: string): FoundTests {
  if (isFolder(path)) {
    const names = readdirSync(path).sort();
    const testFiles = names.filter(isTestFile).map((name) => join(path, name));
    if (testFiles.length === 0) throw noTests(`the folder ${path} has no *.test.yaml`);
    return { testFiles, workflowFiles: names.filter(isWorkflowFile).map((name) => join(path, name)) };
  }
  const name = basename(path);
  if (isTestFile(name)) return { testFiles: [path], workflowFiles: [] };
  if (!isWorkflowFile(name))
    throw new FlowError("invalid_input", `${path} is neither a test file, a workflow file nor a folder`);
  const stem = name.replace(/\.ya?ml$/, "");
  const beside = readdirSync(dirname(path)).find((one) => isTestFile(one) && one.startsWith(`${stem}.test.`));
  if (beside === undefined) throw noTests(`${path} has no tests: ${stem}.test.yaml is not beside it`);
  return { testFiles: [join(dirname(path), beside)], workflowFiles: [path] };
}

/** @throws FlowError for a path that leads nowhere. */
function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (cause) {
    throw new FlowError("invalid_input", `${path} cannot be read: ${whyUnreadable(cause)}`, { cause });
  }
}

function noTests(sentence: string): FlowError {
  return new FlowError("invalid_input", `${sentence}: docs/testing.md shows how a test is written`);
}
