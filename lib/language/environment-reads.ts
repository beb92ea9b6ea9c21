import type { EnvironmentName } from "../core/workflow.ts";
import { nearestName } from "./nearest-name.ts";
import type { Fix } from "./problem.ts";
import type { ProblemLog } from "./problem-log.ts";

/** A name that the file declares under `environment`. */
export interface DeclaredName {
  readonly name: string;
  readonly secret: boolean;
  readonly default?: string;
}

/** Collects which names of the environment a file reads. */
export interface EnvironmentReads {
  /** A placeholder of the file at an offset. */
  byFile(name: string, hasDefault: boolean, at: number): void;
  /** A default of a step type, which says itself whether the name is secret. */
  byStep(name: string, hasDefault: boolean, secret: boolean): void;
  /** Declared names first, then the others in the order they are read; warns of those that are not declared. */
  conclude(
    declared: readonly DeclaredName[],
    problems: ProblemLog,
    declaring: (name: string) => Fix | undefined,
  ): readonly EnvironmentName[];
}

interface Read {
  required: boolean;
  /** Only where the step type knows better than the rule that an undeclared name is secret. */
  secret: boolean;
  at?: number;
}

/** The stage's own name: every workflow may read it and it is no secret. */
const STAGE_NAME = "STAGE";

/** An empty collection. */
export function createEnvironmentReads(): EnvironmentReads {
  const reads = new Map<string, Read>();

  function add(name: string, hasDefault: boolean, secret: boolean): Read {
    const read = reads.get(name) ?? { required: false, secret: false };
    read.required ||= !hasDefault;
    read.secret ||= secret;
    reads.set(name, read);
    return read;
  }

  return {
    byFile(name, hasDefault, at) {
      const read = add(name, hasDefault, name !== STAGE_NAME);
      read.at ??= at;
    },
    byStep(name, hasDefault, secret) {
      add(name, hasDefault, secret);
    },
    conclude(declared, problems, declaring) {
      const names = declared.map(({ name }) => name);
      const own = declared.map((one) => ({
        ...one,
        declared: true,
        required: one.default === undefined && reads.get(one.name)?.required === true,
      }));
      const others = [...reads].filter(([name]) => !names.includes(name));
      for (const [name, { at }] of others) {
        if (at === undefined || name === STAGE_NAME) continue;
        const near = nearestName(name, names);
        const hint =
          near === undefined
            ? `declare it: environment: [{ name: ${name}, secret: true }]`
            : `did you mean "${near}", which is declared?`;
        problems.warn(
          "undeclared-env",
          at,
          `"${name}" is read but not declared: it counts as secret`,
          hint,
          near === undefined ? declaring(name) : undefined,
        );
      }
      return [
        ...own,
        ...others.map(([name, { secret, required }]) => ({ name, secret, declared: false, required })),
      ];
    },
  };
}
