import type { ProblemLog } from "./problem-log.ts";
import type { YamlNode } from "./yaml-node.ts";

/** Gives each step of a file its id. */
export interface StepIds {
  /** The step's own id, or `<type>_<n>` for the *n*-th step of its type in the file. Called in the order of the file. */
  claim(type: string, own: YamlNode | undefined, at: number): string;
}

/** Ids of one file; one that is taken is reported with the line of the step that has it. */
export function createStepIds(problems: ProblemLog): StepIds {
  const counts = new Map<string, number>();
  const lines = new Map<string, number>();
  return {
    claim(type, own, at) {
      const count = (counts.get(type) ?? 0) + 1;
      counts.set(type, count);
      const id = typeof own?.value === "string" && own.value !== "" ? own.value : `${type}_${count}`;
      const line = lines.get(id);
      if (line !== undefined) {
        const hint = own ? "choose another id" : "give this step an id of its own";
        problems.error(
          "duplicate-id",
          own?.at ?? at,
          `the id "${id}" belongs to the step on line ${line} already`,
          hint,
        );
      } else lines.set(id, problems.lineOf(at));
      return id;
    },
  };
}
