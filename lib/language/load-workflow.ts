import type { AnyStep } from "../core/step.ts";
import type { StepNode, Workflow } from "../core/workflow.ts";
import { stepTypes } from "../steps/registry.ts";
import type { ReadBeside } from "./check-text.ts";
import { compileWorkflow } from "./compile-workflow.ts";
import { describeValue } from "./describe-issue.ts";
import type { Problem } from "./problem.ts";
import { createProblemLog, type ProblemLog } from "./problem-log.ts";
import { readYaml } from "./read-yaml.ts";
import { child, isMapping, type YamlNode } from "./yaml-node.ts";

/** What became of a file: a workflow when nothing in it is an error, and everything there is to say about it. */
export interface LoadResult {
  readonly workflow?: Workflow;
  /** In the order of the file. */
  readonly problems: readonly Problem[];
}

/** A file that has been read, for those who look at it further. */
export interface LoadedFile {
  /** Without its byte order mark. */
  readonly text: string;
  readonly problems: ProblemLog;
  /** The mapping with the workflow's keys; absent when the text has none. */
  readonly root?: YamlNode | undefined;
  /** Absent when something in the file is an error. */
  readonly workflow?: Workflow;
  /** Where the steps stand. */
  readonly origins: ReadonlyMap<StepNode, YamlNode>;
}

/** Loads a workflow file: its text in, the checked workflow or its problems out. Touches no file but through `beside`; never throws. */
export function loadWorkflow(
  text: string,
  file: string,
  types: ReadonlyMap<string, AnyStep> = stepTypes,
  beside: ReadBeside = () => undefined,
): LoadResult {
  const { workflow, problems } = loadFile(text, file, types, beside);
  return { ...(workflow && { workflow }), problems: problems.sorted() };
}

/** Loads a workflow file as {@link loadWorkflow} does, and keeps the places of everything in it. */
export function loadFile(
  text: string,
  file: string,
  types: ReadonlyMap<string, AnyStep> = stepTypes,
  beside: ReadBeside = () => undefined,
): LoadedFile {
  // The mark has no width, so columns are counted without it.
  const plain = text.replace(/^\uFEFF/, "");
  const problems = createProblemLog(plain, file);
  const root = readYaml(plain, problems);
  const content = root && unwrap(root, problems);
  const origins = new Map<StepNode, YamlNode>();
  const workflow = content && compileWorkflow(content, plain, file, types, { problems, beside }, origins);
  const fine = workflow !== undefined && problems.errorCount() === 0;
  return { text: plain, problems, root: content, ...(fine && { workflow }), origins };
}

/** The mapping with the workflow's keys, out of its optional wrapper. */
function unwrap(root: YamlNode, problems: ProblemLog): YamlNode | undefined {
  if (!isMapping(root)) {
    const hint = "start with the keys name and steps";
    problems.error(
      "wrong-type",
      root.at,
      `found ${describeValue(root.value)}, expected a workflow: a mapping`,
      hint,
    );
    return undefined;
  }
  const wrapped = child(root, "workflow");
  if (!wrapped) return root;
  for (const [key, { keyAt }] of root.entries) {
    if (key !== "workflow") {
      problems.error(
        "misplaced-key",
        keyAt,
        `"${key}" stands beside workflow, expected inside it`,
        "indent it under workflow",
      );
    }
  }
  if (isMapping(wrapped)) return wrapped;
  problems.error(
    "wrong-type",
    wrapped.at,
    `workflow: found ${describeValue(wrapped.value)}, expected a mapping`,
  );
  return undefined;
}
