import { FlowError } from "../core/flow-error.ts";
import { readTextFile } from "./read-text-file.ts";
import { whyUnreadable } from "./why-unreadable.ts";

/** The text of a file that somebody named. @throws FlowError `invalid_input` for one that cannot be read. */
export function readGivenFile(file: string): string {
  try {
    return readTextFile(file);
  } catch (cause) {
    throw new FlowError("invalid_input", `${file} cannot be read: ${whyUnreadable(cause)}`, { cause });
  }
}
