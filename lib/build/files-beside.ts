import { dirname, join } from "node:path";
import type { ReadBeside } from "../language/check-text.ts";
import { readTextFile } from "./read-text-file.ts";

/** Reads files by their path from the folder of a workflow file. */
export function filesBeside(workflowFile: string): ReadBeside {
  return (name) => {
    try {
      return readTextFile(join(dirname(workflowFile), name));
    } catch {
      return undefined;
    }
  };
}
