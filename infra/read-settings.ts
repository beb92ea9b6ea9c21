import { existsSync, readFileSync } from "node:fs";
import { parseEnv } from "node:util";

/**
 * Names and values of a stage's `.env.<stage>` file. Only settings of the functions and what workflows declare as plain are
 * deployed from it.
 */
export type Settings = { readonly [name: string]: string | undefined };

/** Reads a file of `NAME=value` lines; no file, no settings. */
export function readSettings(file: string): Settings {
  return existsSync(file) ? parseEnv(readFileSync(file, "utf8")) : {};
}

/** The settings of these names that have a value. */
export function pick<Name extends string>(
  settings: Settings,
  names: readonly Name[],
): { readonly [name in Name]?: string } {
  const entries = names.flatMap((name) => (settings[name] === undefined ? [] : [[name, settings[name]]]));
  return Object.fromEntries(entries);
}
