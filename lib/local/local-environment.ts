import { parseEnv } from "node:util";
import { STAGES_FILE } from "../build/read-stages.ts";
import { type EnvironmentSource, firstValue } from "../core/environment-source.ts";
import { stageEnvironment } from "./stage-environment.ts";

/** Where the values of a local run come from. */
export interface LocalSources {
  /** Values of `--env`. */
  readonly given?: EnvironmentSource;
  readonly shell: EnvironmentSource;
  readonly stage: string;
  /** Text of a file in the working folder, undefined when there is none. */
  readonly readFile: (name: string) => string | undefined;
}

/**
 * The sources of `${env:NAME}` on a laptop, strongest first: `--env`, the shell, `.env.<stage>`, what `stages.yaml` says of the stage,
 * `.env` (language.md section 3).
 * @throws FlowError `config_error` for a `stages.yaml` with an error.
 */
export function localSources({
  given = {},
  shell,
  stage,
  readFile,
}: LocalSources): readonly EnvironmentSource[] {
  return [given, shell, ...fileSources({ stage, readFile })];
}

/** Those of them that are files. @throws as {@link localSources} does. */
export function fileSources({
  stage,
  readFile,
}: Pick<LocalSources, "stage" | "readFile">): readonly EnvironmentSource[] {
  const envFile = (name: string) => parseEnv(readFile(name) ?? "");
  return [envFile(`.env.${stage}`), stageEnvironment(readFile(STAGES_FILE), stage), envFile(".env")];
}

/** What the sources give for the names, and nothing else of them. */
export function pickValues(
  names: Iterable<string>,
  sources: readonly EnvironmentSource[],
): { readonly [name: string]: string } {
  const values: { [name: string]: string } = {};
  for (const name of names) {
    const value = firstValue(name, sources);
    if (value !== undefined) values[name] = value;
  }
  return values;
}

/** Reads `NAME=VALUE` as given on the command line; undefined for text that is not that. */
export function parseAssignment(text: string): { readonly name: string; readonly value: string } | undefined {
  const match = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(text);
  return match ? { name: match[1] as string, value: match[2] as string } : undefined;
}
