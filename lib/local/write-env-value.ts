import { renameSync, writeFileSync } from "node:fs";
import { FlowError } from "../core/flow-error.ts";
import { readIfPresent } from "./working-folder.ts";

/**
 * Writes a value into an `.env` file, in place of the one that the name had there, or with undefined takes that away; nobody else may
 * read the file afterwards.
 * @throws FlowError `invalid_input`, without the value, for one that such a file cannot hold.
 */
export function writeEnvValue(file: string, name: string, value: string | undefined): void {
  if (value !== undefined && /[\n\r']/.test(value))
    throw new FlowError(
      "invalid_input",
      `the value of ${name} has a quote or a line break, which ${file} cannot hold`,
    );
  const isOther = (line: string) => !new RegExp(`^\\s*(?:export\\s+)?${name}\\s*=`).test(line);
  const others = (readIfPresent(file) ?? "").split("\n").filter(isOther).join("\n").trimEnd();
  const before = others === "" ? "" : `${others}\n`;
  writeFileSync(`${file}.new`, `${before}${value === undefined ? "" : `${name}='${value}'\n`}`, {
    mode: 0o600,
  });
  renameSync(`${file}.new`, file);
}
