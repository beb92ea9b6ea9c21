import { basename, dirname, join } from "node:path";
import type { Json } from "../core/json.ts";
import type { Workflow } from "../core/workflow.ts";
import { checkSchema } from "../language/check-schema.ts";
import type { Problem } from "../language/problem.ts";
import { createProblemLog, type ProblemLog } from "../language/problem-log.ts";
import { readYaml } from "../language/read-yaml.ts";
import { child, nearestNode, type YamlNode } from "../language/yaml-node.ts";
import { type Expected, type Given, testFileSchema } from "./case-schema.ts";
import { checkNames } from "./check-names.ts";
import { checkPatterns } from "./check-patterns.ts";

/** One case of a test file. */
export interface TestCase {
  readonly name: string;
  /** Line of the case in its file, from 1. */
  readonly line: number;
  /** What the file's `defaults` say too. */
  readonly given: Given;
  /** How many of the answers are the case's own: each of them must be asked for. */
  readonly ownAnswers: number;
  readonly expected: Expected;
  /** Line of the place in `expect` that comes nearest to a path. */
  lineOf(path: readonly string[]): number;
}

/** A test file that can be read. */
export interface TestFile {
  readonly file: string;
  /** The workflow's file, relative to the folder the command runs in, as the test file itself. */
  readonly workflowFile: string;
  readonly cases: readonly TestCase[];
  /** Faults that only show beside the workflow: names that it does not have. */
  check(workflow: Workflow): readonly Problem[];
}

/** What became of a test file. */
export type LoadedTestFile =
  | { readonly test: TestFile; readonly problems: readonly Problem[] }
  | { readonly problems: readonly Problem[] };

/** Loads a test file: its text in, its cases or its problems out. Touches no file. */
export function loadTestFile(text: string, file: string): LoadedTestFile {
  const plain = text.replace(/^\uFEFF/, "");
  const problems = createProblemLog(plain, file);
  const root = readYaml(plain, problems, { what: "a test file", start: "start with the key cases" });
  const content = root && checkSchema(testFileSchema, root, { what: "the test file" }, problems);
  const cases = root && child(root, "cases");
  for (const node of cases?.items ?? []) checkExpectation(child(node, "expect"), problems);
  if (!root || !content || !cases || problems.errorCount() > 0) return { problems: problems.sorted() };
  reportNamesakes(cases, problems);
  const { defaults = {} } = content;
  const test: TestFile = {
    file,
    workflowFile: join(dirname(file), content.workflow ?? workflowBeside(file)),
    cases: content.cases.map(({ name, given = {}, expect = {} }, index) => {
      const node = child(cases, index) ?? cases;
      return {
        name,
        line: problems.lineOf(node.at),
        given: { ...withoutEvent(defaults, given), ...given, ...merged(defaults, given) },
        ownAnswers: given.answers?.length ?? 0,
        expected: expect,
        lineOf: (path) => problems.lineOf(nearestNode(child(node, "expect") ?? node, path).at),
      };
    }),
    check(workflow) {
      const log = createProblemLog(plain, file);
      checkNames(root, workflow, log);
      return log.sorted();
    },
  };
  return { test, problems: problems.sorted() };
}

/** `orders.test.yaml` tests `orders.yaml`. */
function workflowBeside(file: string): string {
  return basename(file).replace(/\.test(?=\.ya?ml$)/, "");
}

/** A case that gives an event has it in place of the one in `defaults`, however either is given. */
function withoutEvent(defaults: Given, own: Given): Given {
  const { event, event_file, body, base64, content_type, ...others } = defaults;
  const isGiven = [own.event, own.event_file, own.body, own.base64].some((one) => one !== undefined);
  return isGiven ? others : defaults;
}

/** What is given by name or one by one: the case adds to the defaults. */
function merged(defaults: Given, own: Given): Given {
  return {
    environment: { ...defaults.environment, ...own.environment },
    answers: [...(own.answers ?? []), ...(defaults.answers ?? [])],
    ...((defaults.request || own.request) && { request: { ...defaults.request, ...own.request } }),
  };
}

function reportNamesakes(cases: YamlNode, problems: ProblemLog): void {
  const lines = new Map<Json, number>();
  for (const node of cases.items ?? []) {
    const name = child(node, "name");
    if (!name) continue;
    const line = lines.get(name.value);
    if (line === undefined) lines.set(name.value, problems.lineOf(name.at));
    else problems.warn("duplicate-name", name.at, `the case on line ${line} has this name already`);
  }
}

function checkExpectation(expected: YamlNode | undefined, problems: ProblemLog): void {
  if (!expected) return;
  for (const key of ["state", "output", "error", "reason", "steps", "waits", "logs", "cost_usd", "saved_usd"])
    checkPatterns(child(expected, key), problems);
  const calls = child(expected, "calls");
  checkPatterns((calls && child(calls, "exactly")) ?? calls, problems);
}
