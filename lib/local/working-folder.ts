import { readFileSync } from "node:fs";
import { whyUnreadable } from "../build/why-unreadable.ts";
import { FlowError } from "../core/flow-error.ts";

/**
 * Text of a file, undefined when there is none. Relative names start at the working folder.
 * @throws FlowError `config_error` for a file that is there and cannot be read.
 */
export function readIfPresent(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new FlowError("config_error", `${file} cannot be read: ${whyUnreadable(error)}`, { cause: error });
  }
}
