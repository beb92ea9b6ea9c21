import { existsSync, readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import type * as z from "zod";
import { FlowError } from "../lib/core/flow-error.ts";

/**
 * Names and values of a stage's `.env.<stage>` file. Only settings of the functions and what workflows declare as plain are
 * deployed from it.
 */
export type Settings = { readonly [name: string]: string | undefined };

/** Reads a file of `NAME=value` lines; no file, no settings. */
export function readSettings(file: string): Settings {
  return existsSync(file) ? parseEnv(readFileSync(file, "utf8")) : {};
}

/**
 * The settings of these names that have a value.
 * @throws FlowError `config_error` for one that the function's configuration would refuse when it starts.
 */
export function pick<Name extends string>(
  settings: Settings,
  schema: { readonly shape: { readonly [name in Name]: z.ZodType } },
  names: readonly Name[],
): { readonly [name in Name]?: string } {
  const given = names.filter((name) => settings[name] !== undefined);
  for (const name of given) {
    const { error } = schema.shape[name].safeParse(settings[name]);
    if (error)
      throw new FlowError(
        "config_error",
        `the setting ${name} is malformed: ${error.issues.map(({ message }) => message).join(", ")}`,
      );
  }
  return Object.fromEntries(given.map((name) => [name, settings[name]])) as { [name in Name]?: string };
}
