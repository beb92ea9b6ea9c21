import { readFileSync } from "node:fs";

/** Text of a file, undefined when there is none. Relative names start at the working folder. */
export function readIfPresent(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
