import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { FlowError } from "../lib/core/flow-error.ts";
import { type Stages, stagesSchema } from "../lib/core/stages.ts";
import { isDeployedTo, type Workflow } from "../lib/core/workflow.ts";

/** What `npm run build` left, as far as the stack needs it. */
export interface Build {
  /** Absolute path of the folder with one subfolder for each function. */
  readonly dir: string;
  /** The workflows of this stage. */
  readonly workflows: readonly Workflow[];
}

/**
 * Reads the build's folder for one stage.
 * @throws FlowError `config_error` when nothing has been built.
 */
export function readBuild(dir: string, stage: string): Build {
  const workflows = readJson(join(dir, "runner", "workflows.json")) as readonly Workflow[];
  return { dir: resolve(dir), workflows: workflows.filter((workflow) => isDeployedTo(stage, workflow)) };
}

/**
 * The stages that the build found in `stages.yaml`.
 * @throws FlowError `config_error` when nothing has been built.
 */
export function readStages(dir: string): Stages {
  return stagesSchema.parse({ stages: readJson(join(dir, "stages.json")) }).stages;
}

function readJson(file: string): unknown {
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8"));
  throw new FlowError("config_error", `${file} does not exist: build the functions first with npm run build`);
}
