import { type Stages, stagesSchema } from "../core/stages.ts";
import { checkSchema } from "./check-schema.ts";
import type { Problem } from "./problem.ts";
import { createProblemLog } from "./problem-log.ts";
import { readYaml } from "./read-yaml.ts";

/** What became of a `stages.yaml`: the stages when nothing in it is an error, and everything there is to say about it. */
export interface LoadedStages {
  readonly stages?: Stages;
  /** In the order of the file. */
  readonly problems: readonly Problem[];
}

/** Loads the text of a `stages.yaml`. Touches no file; never throws. */
export function loadStages(text: string, file: string): LoadedStages {
  const plain = text.replace(/^\uFEFF/, "");
  const problems = createProblemLog(plain, file);
  const root = readYaml(plain, problems, { what: "stages", start: "start with the key stages" });
  const content = root && checkSchema(stagesSchema, root, { what: "the file" }, problems);
  return {
    ...(content && problems.errorCount() === 0 && { stages: content.stages }),
    problems: problems.sorted(),
  };
}
