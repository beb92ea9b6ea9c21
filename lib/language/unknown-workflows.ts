import type { StepNode, Workflow } from "../core/workflow.ts";
import { codeFrame } from "./code-frame.ts";
import { nameHint } from "./nearest-name.ts";
import type { Problem } from "./problem.ts";

/**
 * Warns of each `run_workflow` in a file whose workflow is none of those that are known. A name with a placeholder is
 * known only when it runs.
 */
export function unknownWorkflows(workflow: Workflow, text: string, known: readonly string[]): Problem[] {
  const lines = text.split("\n");
  const others = known.filter((name) => name !== workflow.name);
  return namesIn([...workflow.steps, ...workflow.onFailure])
    .filter(({ name }) => !name.includes("${") && !known.includes(name))
    .map(({ name, step }) => {
      const { line, column } = placeOf(name, step, lines);
      const hint = nameHint(name, others);
      return {
        id: "unknown-workflow",
        severity: "warning",
        file: workflow.file,
        line,
        column,
        message: noWorkflow(name),
        ...(hint !== undefined && { hint }),
        frame: codeFrame(lines, line, column),
      };
    });
}

/** The sentence about a workflow that nobody has. */
export function noWorkflow(name: string): string {
  return `there is no workflow "${name}" here: the step will fail where the stage has none either`;
}

function namesIn(steps: readonly StepNode[]): { readonly name: string; readonly step: StepNode }[] {
  return steps.flatMap((step) => {
    const { name } = step.params;
    const own = step.type === "run_workflow" && typeof name === "string" ? [{ name, step }] : [];
    return [...own, ...Object.values(step.blocks).flatMap(namesIn)];
  });
}

/** Where the name stands, at or below the step's first line; that line where it is written in some other way. */
function placeOf(name: string, { line: first }: StepNode, lines: readonly string[]) {
  const value = new RegExp(`\\bname["']?\\s*:\\s*["']?(?=${RegExp.escape(name)})`);
  for (const [index, text] of lines.slice(first - 1).entries()) {
    const found = value.exec(text);
    if (found) return { line: first + index, column: found.index + found[0].length + 1 };
  }
  return { line: first, column: 1 };
}
