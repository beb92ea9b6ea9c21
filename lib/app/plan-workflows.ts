import { STAGE_NAME } from "../core/environment-source.ts";
import type { Workflow } from "../core/workflow.ts";
import { diffWorkflows, type WorkflowDiff } from "./diff-workflows.ts";

/** What a deployment does to a workflow. */
export interface WorkflowPlan {
  readonly name: string;
  readonly change: "added" | "changed" | "removed" | "unchanged";
  /** Of a changed one, where the text of the deployed version is kept. */
  readonly diff?: WorkflowDiff;
}

/**
 * What a deployment does to each workflow, by name. `deployed` are the hashes that are there now; `textOf` finds the text of a version,
 * undefined where none is kept.
 */
export async function planWorkflows(
  deployed: { readonly [name: string]: string },
  workflows: readonly Workflow[],
  textOf: (name: string, hash: string) => Promise<Workflow | undefined>,
): Promise<readonly WorkflowPlan[]> {
  const present = await Promise.all(
    workflows.map(async (workflow): Promise<WorkflowPlan> => {
      const { name, hash } = workflow;
      const before = Object.hasOwn(deployed, name) ? deployed[name] : undefined;
      if (before === undefined) return { name, change: "added" };
      if (before === hash) return { name, change: "unchanged" };
      const text = await textOf(name, before);
      return { name, change: "changed", ...(text && { diff: diffWorkflows(text, workflow) }) };
    }),
  );
  const names = new Set(workflows.map(({ name }) => name));
  const removed = Object.keys(deployed).filter((name) => !names.has(name));
  return [...present, ...removed.map((name): WorkflowPlan => ({ name, change: "removed" }))].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
}

/** A name that workflows read and that has no value in the stage, with those that need it. */
export interface MissingValue {
  readonly name: string;
  readonly secret: boolean;
  readonly workflows: readonly string[];
}

/** The names without default that have no value: neither in the stage's `environment`, nor, as far as `secretNames` are known, as a secret. */
export function missingValues(
  workflows: readonly Workflow[],
  environment: { readonly [name: string]: string },
  secretNames: ReadonlySet<string>,
): readonly MissingValue[] {
  const readers = new Map<string, { secret: boolean; workflows: string[] }>();
  for (const workflow of workflows) {
    for (const { name, secret, required, default: fallback } of workflow.environment) {
      if (!required || fallback !== undefined || name === STAGE_NAME) continue;
      if (secretNames.has(name) || environment[name] !== undefined) continue;
      const known = readers.get(name) ?? { secret: false, workflows: [] };
      readers.set(name, { secret: known.secret || secret, workflows: [...known.workflows, workflow.name] });
    }
  }
  return [...readers]
    .map(([name, reader]) => ({ name, ...reader }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
