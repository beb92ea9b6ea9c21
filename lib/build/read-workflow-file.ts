import type { Problem } from "../language/problem.ts";
import { readTextFile } from "./read-text-file.ts";
import { whyUnreadable } from "./why-unreadable.ts";

/** The text of a workflow file, or what keeps it from being read, as a problem of that file. */
export function readWorkflowFile(path: string): { readonly text: string } | { readonly problem: Problem } {
  try {
    return { text: readTextFile(path) };
  } catch (error) {
    const message = `the file cannot be read: ${whyUnreadable(error)}`;
    return {
      problem: {
        id: "unreadable-file",
        severity: "error",
        file: path,
        line: 1,
        column: 1,
        message,
        frame: "",
      },
    };
  }
}
