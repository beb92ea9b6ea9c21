import { STAGE_NAME } from "../core/environment-source.ts";
import type { Workflow } from "../core/workflow.ts";

/** A secret that workflows read. Of its value nothing is known here. */
export interface SecretUse {
  readonly name: string;
  /** Where its value is; null: it has none. */
  readonly from: string | null;
  /** Some workflow cannot run without it: its file has no default for it. */
  readonly required: boolean;
  /** Workflows that read it; none: it is kept, and no workflow of the stage reads it. */
  readonly workflows: readonly string[];
}

/** The secrets that workflows read, by name, and where each has its value. */
export function secretUses(
  workflows: readonly Workflow[],
  values: ReadonlyMap<string, string>,
): readonly SecretUse[] {
  const names = new Set(
    workflows.flatMap(({ environment }) =>
      environment.filter(({ name, secret }) => secret && name !== STAGE_NAME).map(({ name }) => name),
    ),
  );
  return [...names].sort().map((name) => {
    const readers = workflows.flatMap((workflow) => {
      const read = workflow.environment.find((one) => one.name === name);
      return read ? [{ workflow: workflow.name, ...read }] : [];
    });
    return {
      name,
      from: values.get(name) ?? (readers.some((one) => one.default !== undefined) ? "its default" : null),
      required: readers.some((one) => one.required && one.default === undefined),
      workflows: readers.map(({ workflow }) => workflow),
    };
  });
}
