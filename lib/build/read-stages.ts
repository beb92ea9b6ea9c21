import { FlowError } from "../core/flow-error.ts";
import type { Stages } from "../core/stages.ts";
import { loadStages } from "../language/load-stages.ts";
import { nameHint } from "../language/nearest-name.ts";
import { formatProblem } from "../language/problem.ts";
import { readTextFile } from "./read-text-file.ts";
import { whyUnreadable } from "./why-unreadable.ts";

/** The file that says what differs between stages. */
export const STAGES_FILE = "stages.yaml";

/**
 * The stages of a `stages.yaml`.
 * @throws FlowError `config_error` with every problem of the file and its place, or why it cannot be read.
 */
export function readStages(file: string): Stages {
  let text: string;
  try {
    text = readTextFile(file);
  } catch (cause) {
    throw new FlowError(
      "config_error",
      `${file} cannot be read: ${whyUnreadable(cause)}. It names the stages; call this in the project's folder`,
      { cause },
    );
  }
  return stagesIn(text, file);
}

/**
 * The stages that the text of a `stages.yaml` names.
 * @throws FlowError `config_error` with every problem of it and its place.
 */
export function stagesIn(text: string, file: string): Stages {
  const { stages, problems } = loadStages(text, file);
  if (stages) return stages;
  throw new FlowError("config_error", problems.map(formatProblem).join("\n\n"));
}

/**
 * One of the stages.
 * @throws FlowError `invalid_input` for a name that is not there, with the nearest one.
 */
export function stageOf(stages: Stages, name: string, file: string): Stages[string] {
  const stage = Object.hasOwn(stages, name) ? stages[name] : undefined;
  if (stage) return stage;
  const hint = nameHint(name, Object.keys(stages));
  throw new FlowError(
    "invalid_input",
    `${file} has no stage "${name}"${hint === undefined ? "" : `: ${hint}`}`,
  );
}
