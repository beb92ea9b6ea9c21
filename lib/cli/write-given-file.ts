import { writeFileSync } from "node:fs";
import { whyUnreadable } from "../build/why-unreadable.ts";
import { FlowError } from "../core/flow-error.ts";

/** Writes a file that somebody named. @throws FlowError `invalid_input` for one that cannot be written. */
export function writeGivenFile(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw new FlowError("invalid_input", `${file} cannot be written: ${whyUnreadable(cause)}`, { cause });
  }
}
