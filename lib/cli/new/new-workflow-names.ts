import { WORKFLOW_NAME } from "../../language/file-keys.ts";
import { workflowNameFrom } from "../../language/workflow-name.ts";

/** Why a text is no name of a workflow, with the nearest one that is; undefined when it is one. */
export function nameProblem(text: string): string | undefined {
  if (WORKFLOW_NAME.test(text)) return undefined;
  const near = workflowNameFrom(text.slice(0, 63));
  const rule =
    "a name starts with a lower-case letter, then has at most 62 lower-case letters, digits and dashes";
  return near === undefined ? rule : `${rule}: did you mean "${near}"?`;
}

/** Why a text is no name of a secret; undefined when it is one. */
export function secretProblem(text: string): string | undefined {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(text)) return undefined;
  return `"${text}" is not the name of an environment variable: write letters, digits and underscores`;
}
