import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { FlowError } from "../../core/flow-error.ts";

/** Why files cannot be made, undefined when none of them is there yet. */
export function takenProblem(paths: readonly string[]): string | undefined {
  const present = paths.filter((path) => existsSync(path));
  if (present.length === 0) return undefined;
  return `${present.join(", ")} ${present.length === 1 ? "is" : "are"} there already, and nothing is written over: choose another name, or move what is there`;
}

/**
 * Writes files that are not there yet: all of them or, where one cannot be written, none.
 * @throws FlowError `invalid_input` naming a file that is there already or cannot be written.
 */
export function writeNewFiles(files: ReadonlyMap<string, string>): void {
  const problem = takenProblem([...files.keys()]);
  if (problem !== undefined) throw new FlowError("invalid_input", problem);
  const written: string[] = [];
  for (const [path, text] of files) {
    try {
      mkdirSync(dirname(path), { recursive: true });
      // Not even one that appears at this moment is written over.
      writeFileSync(path, text, { flag: "wx" });
      written.push(path);
    } catch (cause) {
      for (const one of written) rmSync(one, { force: true });
      const { code } = cause as NodeJS.ErrnoException;
      throw new FlowError(
        "invalid_input",
        `${path} cannot be written (${code}): choose another folder with --workflows`,
        { cause },
      );
    }
  }
}
