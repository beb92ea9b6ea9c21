import { renameSync, writeFileSync } from "node:fs";
import { FlowError } from "../core/flow-error.ts";
import { readIfPresent } from "./working-folder.ts";

/** A line that is no entry, or an entry with its value, which goes over several lines in quotes: as Node's `parseEnv` reads them. */
const ENTRY = /(?![ \t]*#)([^\n=]*)=[ \t]*(?:(['"`])[\s\S]*?\2)?[^\n]*\n?|[^\n]*\n?/gy;

/**
 * Writes a value into an `.env` file, in place of the one that the name had there, or with undefined takes that away; nobody else may
 * read the file afterwards.
 * @throws FlowError `invalid_input`, without the value, for one that such a file cannot hold.
 */
export function writeEnvValue(file: string, name: string, value: string | undefined): void {
  const line = value === undefined ? "" : `${name}=${quoted(value, name, file)}\n`;
  const entries = (readIfPresent(file) ?? "").matchAll(ENTRY);
  const isOther = ([, key]: RegExpMatchArray) => key?.trim().replace(/^export\s+/, "") !== name;
  const others = [...entries]
    .filter(isOther)
    .map(([text]) => text)
    .join("")
    .trimEnd();
  const before = others === "" ? "" : `${others}\n`;
  writeFileSync(`${file}.new`, `${before}${line}`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** In quotes that the value has none of; between double ones `\n` would be read as a line break. */
function quoted(value: string, name: string, file: string): string {
  if (value.includes("\r"))
    throw new FlowError(
      "invalid_input",
      `the value of ${name} has a carriage return, which ${file} cannot hold: a key in PEM does without, tr -d '\\r' takes them out`,
    );
  const quote = ["'", "`", '"'].find(
    (one) => !value.includes(one) && !(one === '"' && value.includes("\\n")),
  );
  if (quote !== undefined) return quote + value + quote;
  throw new FlowError(
    "invalid_input",
    `the value of ${name} has all three kinds of quotes, of which ${file} can hold two`,
  );
}
